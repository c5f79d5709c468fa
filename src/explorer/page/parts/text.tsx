import { visible } from '../../text/visible.ts';
import { cut } from '../format.ts';

/** Characters. */
export const MOST_SHOWN = 300;
const MOST_IN_TITLE = 500;

export interface TextProps {
  /** What others wrote. */
  readonly value: string;
  /** Says more than the text itself, on hover. */
  readonly title?: string;
  readonly class?: string;
}

/** Text of others, on its own: marks that would hide or reorder what stands around it are written out. */
export function Text({ value, title = value, class: className }: TextProps) {
  return (
    <bdi class={className} title={titleOf(title)}>
      {visible(cut(value, MOST_SHOWN))}
    </bdi>
  );
}

export function titleOf(text: string): string {
  return visible(cut(text, MOST_IN_TITLE));
}
