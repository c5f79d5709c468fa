import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icons.tsx';
import { titleOf } from '../parts/text.tsx';

export interface ExpanderProps {
  readonly isOpen: boolean;
  /** What it does, for those who do not see it. */
  readonly label: string;
  readonly title?: string;
  readonly onToggle: () => void;
  readonly children: ComponentChildren;
}

/** Opens what stands below a row. */
export function Expander({ isOpen, label, title, onToggle, children }: ExpanderProps) {
  return (
    <button
      type="button"
      class="expander"
      aria-expanded={isOpen}
      aria-label={titleOf(label)}
      title={title === undefined ? undefined : titleOf(title)}
      onClick={onToggle}
    >
      <Icon name="chevron" />
      {children}
    </button>
  );
}
