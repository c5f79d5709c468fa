import type { ComponentChildren } from 'preact';
import { Icon } from './icons.tsx';

export interface NoticeProps {
  readonly kind: 'info' | 'warning' | 'error';
  readonly children: ComponentChildren;
}

/** A line across the page about the state of things. */
export function Notice({ kind, children }: NoticeProps) {
  return (
    <div class={`notice notice-${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      {kind !== 'info' && <Icon name="warning" />}
      <div class="notice-text">{children}</div>
    </div>
  );
}
