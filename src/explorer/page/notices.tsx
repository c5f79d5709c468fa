import { useState } from 'react';
import type { ApiProblem, ApiState } from '../server/api.ts';
import { client, failureText } from './data/api-client.ts';
import { useObserved } from './data/hooks.ts';
import { FirstVisit } from './first-visit.tsx';
import { formatSize, plural } from './format.ts';
import { usePage } from './page-context.ts';
import { Notice } from './parts/notice.tsx';
import { Text } from './parts/text.tsx';

/** What is to be known before anything else: what is missing, and why. */
export function Notices() {
  const { recording } = usePage();
  const { state, failure, indexing, connection } = useObserved(recording);
  return (
    <>
      {indexing !== undefined && <Indexing {...indexing} />}
      {connection === 'lost' && (
        <div class="toast" role="alert">
          The server does not answer. What was loaded stays; the page tries again by itself.
        </div>
      )}
      {failure !== undefined && connection !== 'lost' && (
        <Notice kind="error">
          {failure}{' '}
          <button type="button" class="plain" onClick={() => void recording.refresh()}>
            Try again
          </button>
        </Notice>
      )}
      {state !== undefined && state.problems.count > 0 && <Problems problems={state.problems} />}
      {state?.otlpProblem !== undefined && state.otlpUrl !== undefined && (
        <OtlpNotice problem={state.otlpProblem} />
      )}
      {state?.hasDemo === true && <DemoNotice />}
      <FirstVisit />
    </>
  );
}

function Indexing({ done, total }: { readonly done: number; readonly total: number }) {
  return (
    <div class="indexing">
      <label>
        <span>
          Reading what is recorded: {formatSize(done)} of {formatSize(total)}
        </span>
        <progress max={total} value={done} />
      </label>
    </div>
  );
}

function Problems({ problems: { count, first } }: { readonly problems: ApiState['problems'] }) {
  const example = first[0];
  return (
    <Notice kind="warning">
      <details>
        <summary>
          {plural(count, 'line')} could not be read
          {example !== undefined && (
            <>
              : <Problem problem={example} />
            </>
          )}
        </summary>
        <p>All that could be read is shown; the files were left as they are.</p>
        <ul>
          {first.map((problem) => (
            <li key={`${problem.file}:${problem.line}`}>
              <Problem problem={problem} />
            </li>
          ))}
        </ul>
        {count > first.length && <p>And {plural(count - first.length, 'other')}.</p>}
      </details>
    </Notice>
  );
}

function Problem({ problem: { file, line, reason } }: { readonly problem: ApiProblem }) {
  return (
    <>
      <Text class="mono" value={line === 0 ? file : `${file}:${line}`} /> <Text value={reason} />
    </>
  );
}

/** Only where OTLP is received elsewhere than expected: who turned it off knows. */
function OtlpNotice({ problem }: { readonly problem: string }) {
  const [isSeen, setSeen] = useState(false);
  if (isSeen) return null;
  return (
    <Notice kind="info">
      <Text value={problem} />{' '}
      <button type="button" class="plain" onClick={() => setSeen(true)}>
        Dismiss
      </button>
    </Notice>
  );
}

function DemoNotice() {
  const { recording } = usePage();
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const remove = () => {
    client
      .removeDemo()
      .then(() => recording.refresh())
      .catch((reason: unknown) => setFailure(failureText(reason)));
  };
  return (
    <Notice kind="info">
      The demo's sessions are shown.{' '}
      <button type="button" class="plain" onClick={remove}>
        Remove them
      </button>
      {failure !== undefined && <span class="failed"> {failure}</span>}
    </Notice>
  );
}
