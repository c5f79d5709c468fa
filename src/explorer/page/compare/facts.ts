import type { ApiRow } from '../../server/api.ts';
import { waitingText } from '../../sessions/waiting-text.ts';
import { listNames } from '../../text/names.ts';
import { transportText } from '../../text/transport.ts';
import { formatCost, formatCount, formatDuration, formatFull, formatRate } from '../format.ts';
import { reasonText } from '../parts/status.tsx';

export interface ComparedFact {
  readonly name: string;
  /** Of either session; empty where it is not known. */
  readonly texts: readonly [string, string];
  readonly differs: boolean;
}

const FACTS: readonly (readonly [name: string, text: (row: ApiRow) => string | undefined])[] = [
  ['Client', ({ clientName }) => clientName],
  ['Client version', ({ clientVersion }) => clientVersion],
  ['Server', ({ service }) => service],
  ['Source', ({ source }) => source],
  ['Conversation', ({ conversationId }) => conversationId],
  ['Protocol', ({ protocolVersion }) => protocolVersion],
  ['Transport', transportText],
  ['Recorded by', ({ sender }) => sender],
  ['Started', ({ startedMs }) => formatFull(startedMs)],
  ['Duration', ({ durationMs }) => formatDuration(durationMs)],
  ['Status', ({ status }) => status],
  ['End', ({ endReason }) => endReason && reasonText(endReason)],
  ['Waiting', (row) => waitingText(row.openRequests, row.startedMs + row.durationMs, formatDuration)],
  ['Calls', ({ calls }) => formatCount(calls)],
  ['Errors', ({ errors, calls }) => [formatCount(errors), rateText(errors, calls)].join('')],
  ['Tools', ({ tools, hasMoreTools }) => listNames([...tools, ...(hasMoreTools ? ['…'] : [])])],
  ['Requests', ({ requestSize }) => (requestSize === undefined ? undefined : formatCost(requestSize))],
  ['Responses', ({ responseSize }) => (responseSize === undefined ? undefined : formatCost(responseSize))],
];

/** What is known of two sessions, side by side, without what is known of neither. */
export function comparedFacts(left: ApiRow, right: ApiRow): ComparedFact[] {
  return FACTS.flatMap(([name, text]): ComparedFact[] => {
    const texts = [text(left) ?? '', text(right) ?? ''] as const;
    return texts.every((each) => each === '') ? [] : [{ name, texts, differs: texts[0] !== texts[1] }];
  });
}

function rateText(errors: number, calls: number): string {
  return errors === 0 ? '' : ` (${formatRate(errors, Math.max(errors, calls))})`;
}
