import type { ComponentChildren, ComponentProps } from 'preact';

/** Where a line of the events is, and which. */
export interface LinePlace {
  readonly index: number;
  /** Pixels from the top of the first. */
  readonly top: number;
  /** Tab comes to it. */
  readonly isCurrent: boolean;
  readonly measure: (element: Element | null) => void;
}

export interface EventLineProps {
  readonly row: LinePlace;
  readonly class: string;
  readonly children: ComponentChildren;
  readonly more?: ComponentProps<'tr'> & { readonly 'data-place'?: number };
}

/** The levels of the session's row and of what is below it come before. */
const LEVELS_ABOVE = 3;

export function EventLine({ row, class: className, children, more }: EventLineProps) {
  const { index, top, isCurrent, measure } = row;
  return (
    <tr
      role="row"
      aria-level={LEVELS_ABOVE}
      {...more}
      ref={measure}
      class={className}
      data-index={index}
      data-line={index}
      tabIndex={isCurrent ? 0 : -1}
      style={{ top: `${top}px` }}
    >
      {children}
    </tr>
  );
}
