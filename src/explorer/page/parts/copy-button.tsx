import { useEffect, useState } from 'react';
import { Icon } from './icons.tsx';

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who do not see where the button stands: `Copy the session's id`. */
  readonly label: string;
  /** Shown beside the icon. */
  readonly caption?: string;
  readonly icon?: 'copy' | 'link';
  readonly tabIndex?: number;
}

type Outcome = 'copied' | 'refused' | undefined;

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label, caption, icon = 'copy', tabIndex }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<Outcome>(undefined);
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), 1_500);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = (event: Event) => {
    event.stopPropagation();
    copyText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  const said =
    outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not copied: the browser refused' : undefined;
  return (
    <button
      type="button"
      class={caption === undefined ? 'copy' : 'button'}
      aria-label={caption === undefined ? (said ?? label) : undefined}
      title={said ?? label}
      tabIndex={tabIndex}
      onClick={copy}
    >
      <Icon name={outcome === 'copied' ? 'check' : icon} />
      {caption !== undefined && <span>{said === undefined ? caption : said}</span>}
    </button>
  );
}

async function copyText(text: string): Promise<void> {
  // Absent where the page is not on this machine and not on HTTPS.
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('refused');
}
