import { useId, useRef, useState } from 'react';
import { traceUrlProblem } from '../text/trace-url.ts';
import { useObserved } from './data/hooks.ts';
import { settings } from './data/settings.ts';
import { usePage } from './page-context.ts';
import { Icon } from './parts/icons.tsx';

/** What can be set for this browser. */
export function SettingsButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const close = () => dialog.current?.close();
  return (
    <>
      <button
        type="button"
        class="copy settings-button"
        aria-label="Settings"
        title="Settings"
        onClick={() => dialog.current?.showModal()}
      >
        <Icon name="settings" />
      </button>
      <dialog ref={dialog} class="keys settings" aria-labelledby={title}>
        <h2 id={title}>Settings</h2>
        <TraceUrl onDone={close} />
      </dialog>
    </>
  );
}

function TraceUrl({ onDone }: { readonly onDone: () => void }) {
  const { recording } = usePage();
  const ofCommand = useObserved(recording).state?.traceUrl ?? '';
  const kept = useObserved(settings).traceUrl ?? '';
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const id = useId();
  const template = (typed ?? kept).trim();
  const problem = template === '' ? undefined : traceUrlProblem(template);
  const done = (value: string) => {
    settings.setTraceUrl(value);
    setTyped(undefined);
    onDone();
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (problem === undefined) done(template);
  };
  return (
    <form onSubmit={save}>
      <label for={id}>Where traces are to be seen elsewhere</label>
      <input
        id={id}
        type="text"
        spellcheck={false}
        value={typed ?? kept}
        placeholder={ofCommand || 'http://127.0.0.1:16686/trace/{traceId}'}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-note`}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      <p id={`${id}-note`} class={problem === undefined ? 'faint' : 'failed'}>
        {problem ??
          'Each event gets a link to its trace in Jaeger, Tempo or Grafana. {traceId}, {spanId}, {service}, {startMs} and {endMs} are filled in. Kept in this browser.'}
      </p>
      <div class="actions">
        <button type="submit" class="button primary" disabled={problem !== undefined}>
          Save
        </button>
        <button type="button" class="button" onClick={onDone}>
          Cancel
        </button>
        {kept !== '' && (
          <button type="button" class="plain" onClick={() => done('')}>
            {ofCommand === '' ? 'Remove it' : 'Use what the command says'}
          </button>
        )}
      </div>
    </form>
  );
}
