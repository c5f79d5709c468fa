import { useMemo, useState } from 'react';
import type { ApiEvent, ApiEvents } from '../../server/api.ts';
import { formatCount, formatDuration } from '../format.ts';
import { Text } from '../parts/text.tsx';
import { alignByOrder, alignByTime, differenceOf, type Pair } from './align.ts';

/** Rows that are shown before more are asked for. */
const SHOWN = 300;

const WAYS = ['order', 'time'] as const;
type Way = (typeof WAYS)[number];

export interface ComparedEventsProps {
  readonly left: ApiEvents;
  readonly right: ApiEvents;
}

/** What happened in two sessions, in two columns. */
export function ComparedEvents({ left, right }: ComparedEventsProps) {
  const [way, setWay] = useState<Way>('order');
  const [shown, setShown] = useState(SHOWN);
  const starts = [left.row.startedMs, right.row.startedMs] as const;
  const pairs = useMemo(
    () =>
      way === 'order'
        ? alignByOrder(left.events, right.events)
        : alignByTime(left.events, right.events, starts),
    [way, left, right],
  );
  return (
    <>
      <fieldset class="segments">
        <legend class="visually-hidden">Align the events by</legend>
        {WAYS.map((each) => (
          <button key={each} type="button" aria-pressed={way === each} onClick={() => setWay(each)}>
            By {each}
          </button>
        ))}
      </fieldset>
      <table class="compare-events">
        <caption class="visually-hidden">What happened in both sessions</caption>
        <thead>
          <tr>
            <th scope="col">A</th>
            <th scope="col">B</th>
          </tr>
        </thead>
        <tbody>
          {pairs.slice(0, shown).map((pair, i) => (
            <PairRow key={i} pair={pair} starts={starts} isByOrder={way === 'order'} />
          ))}
        </tbody>
      </table>
      {pairs.length > shown && (
        <button type="button" class="button" onClick={() => setShown(shown + SHOWN)}>
          Show {formatCount(Math.min(SHOWN, pairs.length - shown))} more of {formatCount(pairs.length)}
        </button>
      )}
    </>
  );
}

interface PairRowProps {
  readonly pair: Pair;
  readonly starts: readonly [number, number];
  readonly isByOrder: boolean;
}

function PairRow({ pair, starts: [leftStart, rightStart], isByOrder }: PairRowProps) {
  // By time, each stands alone: there is nothing to differ from.
  const difference = isByOrder ? differenceOf(pair) : undefined;
  return (
    <tr class={difference === undefined ? undefined : 'differs'}>
      <EventCell side="A" event={pair.left} startMs={leftStart} difference={difference} />
      <EventCell side="B" event={pair.right} startMs={rightStart} difference={difference} />
    </tr>
  );
}

interface EventCellProps {
  readonly side: 'A' | 'B';
  readonly event: ApiEvent | undefined;
  readonly startMs: number;
  readonly difference: string | undefined;
}

function EventCell({ side, event, startMs, difference }: EventCellProps) {
  if (event === undefined) return <td class="missing" data-side={side} />;
  const { timeMs, type, latencyMs, status, error } = event;
  return (
    <td data-side={side} class={status === 'error' ? 'outcome-error' : undefined}>
      <span class="faint">+{formatDuration(Math.max(0, timeMs - startMs))}</span>{' '}
      <Text class="compare-name" value={type} />
      {latencyMs !== undefined && <span class="faint"> {formatDuration(latencyMs)}</span>}
      {status !== undefined && status !== 'ok' && <span class="compare-status"> {status}</span>}
      {difference !== undefined && <span class="badge">{difference}</span>}
      {error !== undefined && (
        <span class="compare-error">
          <Text value={error} />
        </span>
      )}
    </td>
  );
}
