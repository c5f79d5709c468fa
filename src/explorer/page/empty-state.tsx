import { useState } from 'react';
import { client, failureText } from './data/api-client.ts';
import { useObserved } from './data/hooks.ts';
import { usePage } from './page-context.ts';
import { CopyButton } from './parts/copy-button.tsx';
import { Tabs } from './parts/tabs.tsx';
import { Text } from './parts/text.tsx';
import { type Step, waysToBegin } from './snippets.ts';

/** What to do where nothing is recorded yet. */
export function EmptyState() {
  const { recording } = usePage();
  const { state } = useObserved(recording);
  const ways = waysToBegin(state ?? { dir: '' });
  return (
    <div class="welcome">
      <h2>No session yet</h2>
      <p>
        This page shows every client session of your MCP servers, as soon as one is recorded in{' '}
        <Text class="mono" value={state?.dir ?? ''} />. It stays open and fills by itself.
      </p>
      <Tabs
        label="Ways to begin"
        tabs={ways.map(({ name, steps }) => ({ name, content: <Steps steps={steps} /> }))}
      />
      <Demo />
    </div>
  );
}

function Steps({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map(({ title, text, copyLabel, note }) => (
        <li key={title}>
          <h3>{title}</h3>
          <div class="snippet">
            <pre>{text}</pre>
            <CopyButton text={text} label={copyLabel} />
          </div>
          {note !== undefined && <p class="faint">{note}</p>}
        </li>
      ))}
    </ol>
  );
}

function Demo() {
  const { recording } = usePage();
  const [state, setState] = useState<'idle' | 'loading' | { readonly failure: string }>('idle');
  const load = () => {
    setState('loading');
    client
      .loadDemo()
      .then(() => recording.refresh())
      .catch((failure: unknown) => setState({ failure: failureText(failure) }));
  };
  return (
    <div class="demo">
      <p>Just looking?</p>
      <button type="button" class="button primary" disabled={state === 'loading'} onClick={load}>
        {state === 'loading' ? 'Loading…' : 'Load the demo'}
      </button>
      {typeof state === 'object' && (
        <p class="failed" role="alert">
          {state.failure}
        </p>
      )}
    </div>
  );
}
