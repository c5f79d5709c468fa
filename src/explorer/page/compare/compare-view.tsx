import { useEffect, useRef } from 'react';
import type { ApiEvents, ApiRow } from '../../server/api.ts';
import { client } from '../data/api-client.ts';
import { useAnswer } from '../data/use-answer.ts';
import { formatCount } from '../format.ts';
import { usePage } from '../page-context.ts';
import { Icon } from '../parts/icons.tsx';
import { ViewLink } from '../parts/link.tsx';
import { Notice } from '../parts/notice.tsx';
import { Status } from '../parts/status.tsx';
import { Text } from '../parts/text.tsx';
import { ComparedEvents } from './compared-events.tsx';
import { comparedFacts } from './facts.ts';

/** Events of either session; the server answers no more at once. */
const MOST_EVENTS = 1_000;

/** Two sessions side by side: what is known of them, and what happened in them. */
export function CompareView() {
  const { view, navigate, recording } = usePage();
  const { compare } = view;
  const ask = () => Promise.all(compare.map((id) => client.events(id, 0, MOST_EVENTS, {})));
  const { value, failure } = useAnswer(recording, compare.join('\n'), ask);
  const title = useRef<HTMLHeadingElement>(null);
  // What had the focus, a row of the table, is gone.
  useEffect(() => title.current?.focus(), []);
  const back = () => navigate({ compare: [] });
  return (
    <section
      class="compare"
      aria-label="Two sessions side by side"
      onKeyDown={(event) => event.key === 'Escape' && back()}
    >
      <div class="compare-head">
        <h2 ref={title} tabIndex={-1}>
          Two sessions side by side
        </h2>
        <button type="button" class="button" onClick={back} title="Key: Esc">
          Back to all sessions
        </button>
        <button type="button" class="button" onClick={() => navigate({ compare: [...compare].reverse() })}>
          <Icon name="compare" />
          Swap sides
        </button>
      </div>
      {failure !== undefined && <Notice kind="error">{failure}</Notice>}
      {value === undefined && failure === undefined && <p class="loading">Loading both sessions…</p>}
      {value?.length === 2 && <Both answers={value as [ApiEvents, ApiEvents]} />}
    </section>
  );
}

function Both({ answers: [left, right] }: { readonly answers: readonly [ApiEvents, ApiEvents] }) {
  const isCut = [left, right].some(({ events, total }) => events.length < total);
  return (
    <>
      <table class="compare-facts">
        <caption class="visually-hidden">What is known of both sessions</caption>
        <thead>
          <tr>
            <td />
            <SessionHead side="A" row={left.row} />
            <SessionHead side="B" row={right.row} />
          </tr>
        </thead>
        <tbody>
          {comparedFacts(left.row, right.row).map(({ name, texts, differs }) => (
            <tr key={name} class={differs ? 'differs' : undefined}>
              <th scope="row">
                {name}
                {differs && <span class="badge">differs</span>}
              </th>
              {texts.map((text, i) => (
                <td key={i === 0 ? 'A' : 'B'} data-side={i === 0 ? 'A' : 'B'}>
                  {text === '' ? <span class="faint">not known</span> : <Text value={text} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isCut && (
        <Notice kind="info">Of a session, the first {formatCount(MOST_EVENTS)} events are compared.</Notice>
      )}
      <ComparedEvents left={left} right={right} />
    </>
  );
}

function SessionHead({ side, row }: { readonly side: string; readonly row: ApiRow }) {
  return (
    <th scope="col">
      <span class="side">{side}</span>
      <ViewLink to={{ compare: [], open: [row.id] }} title="Open this session">
        <Text class="mono" value={row.shortId} title={row.id} />
      </ViewLink>
      <Status status={row.status} endReason={row.endReason} />
    </th>
  );
}
