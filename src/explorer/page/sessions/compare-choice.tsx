import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { Text } from '../parts/text.tsx';

/** Takes a session as one of the two to compare, or puts it back. */
export function useCompareChoice(): (id: string) => void {
  const { view, navigate } = usePage();
  return (id) => {
    const { compare } = view;
    navigate({
      compare: compare.includes(id) ? compare.filter((each) => each !== id) : [...compare, id].slice(-2),
    });
  };
}

export function CompareButton({ id, tabIndex }: { readonly id: string; readonly tabIndex: number }) {
  const { view } = usePage();
  const choose = useCompareChoice();
  const isChosen = view.compare.includes(id);
  const label = view.compare.length === 1 && !isChosen ? 'Compare with the chosen session' : 'Compare';
  return (
    <button
      type="button"
      class="copy pick"
      aria-label={label}
      aria-pressed={isChosen}
      title={`${label} (key: c)`}
      tabIndex={tabIndex}
      onClick={() => choose(id)}
    >
      <Icon name="compare" />
    </button>
  );
}

/** That one session is chosen, and what is to be done next. */
export function CompareNotice() {
  const { view, navigate } = usePage();
  const [id] = view.compare;
  if (id === undefined) return null;
  return (
    <Notice kind="info">
      Choose the session to set beside <Text class="mono" value={id} />: the button at the end of its row, or
      the key <kbd>c</kbd>.{' '}
      <button type="button" class="plain" onClick={() => navigate({ compare: [] })}>
        Cancel
      </button>
    </Notice>
  );
}
