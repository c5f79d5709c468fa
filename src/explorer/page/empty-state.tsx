import { useState } from 'react';
import { client, failureText } from './data/api-client.ts';
import { useObserved } from './data/hooks.ts';
import { usePage } from './page-context.ts';
import { CopyButton } from './parts/copy-button.tsx';
import { Text } from './parts/text.tsx';
import { fileSnippet, INSTALL, otlpSnippet } from './snippets.ts';

/** What to do where nothing is recorded yet. */
export function EmptyState() {
  const { recording } = usePage();
  const { state } = useObserved(recording);
  return (
    <div class="welcome">
      <h2>No session yet</h2>
      <p>
        This page shows every client session of your MCP servers, as soon as one is recorded in{' '}
        <Text class="mono" value={state?.dir ?? ''} />. It stays open and fills by itself.
      </p>
      <ol class="steps">
        <li>
          <h3>Install the package in your server</h3>
          <Snippet text={INSTALL} label="Copy the install command" />
        </li>
        <li>
          <h3>Instrument the server, before it connects</h3>
          <Snippet text={fileSnippet(state?.dir ?? '')} label="Copy the code" />
          <p class="faint">It works with McpServer and Server of both MCP SDKs, over stdio and HTTP.</p>
        </li>
        {state?.otlpUrl !== undefined && (
          <li>
            <h3>Or send OTLP here, from any language</h3>
            <Snippet
              text={otlpSnippet(state.otlpUrl, state.otlpNeedsToken === true)}
              label="Copy the settings"
            />
          </li>
        )}
      </ol>
      <Demo />
    </div>
  );
}

function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="snippet">
      <pre>{text}</pre>
      <CopyButton text={text} label={label} />
    </div>
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
