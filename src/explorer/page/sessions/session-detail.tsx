import { useRef } from 'react';
import type { ApiRow } from '../../server/api.ts';
import { type Retry, retriesOf } from '../../sessions/retries.ts';
import { DEFAULT_VIEW, writeView } from '../address.ts';
import { useObserved } from '../data/hooks.ts';
import { formatDuration, plural } from '../format.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { DownloadLink } from '../parts/download-link.tsx';
import { Icon } from '../parts/icons.tsx';
import { Text } from '../parts/text.tsx';
import { EventTable } from './event-table.tsx';
import { FoundEvents } from './found-events.tsx';
import type { SessionEvents } from './session-events.ts';
import { SessionFacts } from './session-facts.tsx';
import { useFailures } from './use-failures.ts';

export interface SessionDetailProps {
  readonly events: SessionEvents;
  /** The row as the table has it. */
  readonly row: ApiRow;
}

/** What an open session shows below its row. */
export function SessionDetail({ events, row }: SessionDetailProps) {
  useObserved(events);
  const root = useRef<HTMLElement>(null);
  const failures = useFailures(root, events);
  const { answer, failure } = events;
  return (
    <section class="detail" aria-label="Session" ref={root} onKeyDown={failures.onKeyDown}>
      <div class="detail-head">
        <span class="whole-id">
          <Text class="mono" value={row.id} />
          <CopyButton text={row.id} label="Copy the session's ID" />
        </span>
        <div class="actions">
          <CopyButton
            text={`${location.origin}${writeView({ ...DEFAULT_VIEW, open: [row.id] })}`}
            label="Copy a link to this session"
            caption="Copy link"
            icon="link"
          />
          <DownloadLink id={row.id} as="otlp" caption="Export OTLP JSON" />
          <DownloadLink id={row.id} as="markdown" caption="Export Markdown" />
        </div>
      </div>
      <SessionFacts row={answer?.row ?? row} />
      {answer !== undefined && answer.failures.length > 0 && (
        <Trouble events={events} failures={failures} count={answer.failures.length} />
      )}
      <FoundEvents events={events} way={failures.found} />
      {failure !== undefined && (
        <p class="failed" role="alert">
          {failure} <RetryButton events={events} />
        </p>
      )}
      {answer === undefined && failure === undefined && <Loading />}
      {answer !== undefined && <EventTable events={events} answer={answer} failures={failures} />}
    </section>
  );
}

interface TroubleProps {
  readonly events: SessionEvents;
  readonly failures: ReturnType<typeof useFailures>;
  readonly count: number;
}

/** What failed, at a glance, and the way from one failure to the next. */
function Trouble({ events, failures, count }: TroubleProps) {
  const retries = events.segments.flatMap((each) => (each.kind === 'items' ? retriesOf(each.items) : []));
  const told = retries.slice(0, 2);
  return (
    <div class="trouble">
      <div class="trouble-text">
        <strong>
          <Icon name="warning" /> {plural(count, 'failure')}
        </strong>
        {told.map((retry) => (
          <Text key={retry.again} value={sentenceOf(retry)} />
        ))}
        {retries.length > told.length && (
          <span>{plural(retries.length - told.length, 'more retry', 'more retries')}</span>
        )}
      </div>
      <div class="trouble-nav">
        {failures.index !== undefined && count > 1 && (
          <span class="faint">
            {failures.index + 1} of {count}
          </span>
        )}
        {count > 1 && (
          <button type="button" class="button" aria-label="Previous failure" onClick={() => failures.go(-1)}>
            <Icon name="up" />
            <span>Previous</span>
          </button>
        )}
        <button type="button" class="button" onClick={() => failures.go(1)} title="Key: n">
          <Icon name="down" />
          <span>{count > 1 ? 'Next failure' : 'Show the failure'}</span>
        </button>
      </div>
    </div>
  );
}

function RetryButton({ events }: { readonly events: SessionEvents }) {
  return (
    <button type="button" class="plain" onClick={() => void events.load(0)}>
      Try again
    </button>
  );
}

function Loading() {
  return <p class="loading">Loading the events…</p>;
}

function sentenceOf({ name, outcome, gapMs }: Retry): string {
  return `${name} failed, then ${outcome} ${formatDuration(gapMs)} later`;
}
