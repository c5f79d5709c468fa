import { useEffect, useRef } from 'react';

const KEYS: readonly (readonly [key: string, meaning: string])[] = [
  ['/', 'Search, in sessions and tools'],
  ['↑ ↓', 'From session to session'],
  ['Home End', 'To the first, to the last session'],
  ['Enter, Space', 'Open and close a session'],
  ['Esc', 'Close the session'],
  ['c', 'Compare the session with another'],
  ['n p', 'In an open session: to the next failure, to the one before'],
  ['?', 'This help'],
];

/** The server has the documents of its own version. */
const DOCS = '/docs/page.md';
const ID = 'keys';

export function showHelp(): void {
  const dialog = document.getElementById(ID);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** What the keys do, as a dialog on `?`; and `/` for the search. */
export function KeysHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (dialog.current?.open === true) return;
      if (event.key === '?') showHelp();
      else if (event.key === '/') document.querySelector<HTMLElement>('[data-search]')?.focus();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <dialog ref={dialog} id={ID} class="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={DOCS} target="_blank" rel="noreferrer">
          How to read this page
        </a>
      </p>
      <form method="dialog">
        <button type="submit" class="button">
          Close
        </button>
      </form>
    </dialog>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, select, textarea') !== null;
}
