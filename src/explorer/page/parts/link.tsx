import type { ComponentChildren } from 'preact';
import { type View, writeView } from '../address.ts';
import { usePage } from '../page-context.ts';

export interface ViewLinkProps {
  /** How the view differs from the one that is shown. */
  readonly to: Partial<View>;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string;
  readonly current?: boolean;
  readonly label?: string;
  readonly style?: Readonly<Record<string, string | number>>;
  readonly tabIndex?: number | undefined;
}

/** A real link, that opens in place unless it is asked for otherwise. */
export function ViewLink(props: ViewLinkProps) {
  const { to, children, class: className, title, current, label, style, tabIndex } = props;
  const { view, navigate } = usePage();
  const follow = (event: MouseEvent) => {
    event.stopPropagation();
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return (
    <a
      href={writeView({ ...view, ...to })}
      class={className}
      title={title}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
      style={style}
      tabIndex={tabIndex}
      onClick={follow}
    >
      {children}
    </a>
  );
}
