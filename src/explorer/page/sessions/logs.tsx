import { useEffect, useState } from 'react';
import type { ApiEvent } from '../../server/api.ts';
import { isErrorLine, type LogLine } from '../../sessions/log-text.ts';
import { client, failureText } from '../data/api-client.ts';
import { formatClock, formatCount, formatFull, plural } from '../format.ts';
import { Text } from '../parts/text.tsx';
import { LongText } from './long-text.tsx';
import { Payload } from './payload.tsx';

/** Lines that are asked for at once. */
const PAGE_SIZE = 100;

export interface LogsProps {
  /** The id of the session. */
  readonly session: string;
  readonly event: ApiEvent;
  readonly count: number;
}

/** The log lines of an event, folded until they are asked for. */
export function Logs({ session, event, count }: LogsProps) {
  const [isOpen, setOpen] = useState(false);
  const errors = event.logErrors ?? 0;
  return (
    <details class="payload logs" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {plural(count, 'log line')}
        {errors > 0 && <span class="log-errors"> {plural(errors, 'error')}</span>}
      </summary>
      {isOpen && <Lines session={session} event={event} count={count} />}
    </details>
  );
}

/** One line: when, how grave, who, what; its attributes on demand. */
export function Line({ line, hasTime = false }: { readonly line: LogLine; readonly hasTime?: boolean }) {
  const { timeMs, severity, logger, text, attributes } = line;
  return (
    <div class={isErrorLine(line) ? 'log-line log-error' : 'log-line'}>
      {hasTime && (
        <time dateTime={new Date(timeMs).toISOString()} title={formatFull(timeMs)}>
          {formatClock(timeMs)}
        </time>
      )}
      {severity !== undefined && <Text class="log-severity" value={severity} />}
      {logger !== undefined && <Text class="log-logger" value={logger} />}
      {text !== '' && <LongText class="log-text" text={text} />}
      {attributes !== undefined && <Payload label="Attributes" text={attributes} />}
    </div>
  );
}

function Lines({ session, event, count }: LogsProps) {
  const { lines, total, failure, load } = useLines(session, event, count);
  return (
    <div class="log-lines">
      {lines.map((line, i) => (
        // By place: a server may write a line twice.
        <Line key={i} line={line} hasTime />
      ))}
      {failure !== undefined && (
        <p class="failed" role="alert">
          {failure}
        </p>
      )}
      {(lines.length < total || failure !== undefined) && (
        <button type="button" class="button" onClick={() => void load(lines.length)}>
          {failure === undefined ? `Show more of ${formatCount(total)}` : 'Try again'}
        </button>
      )}
    </div>
  );
}

/** The lines that have been loaded; those that came meanwhile are loaded too. */
function useLines(session: string, event: ApiEvent, count: number) {
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const [total, setTotal] = useState(0);
  const [failure, setFailure] = useState<string>();
  const load = async (offset: number, limit = PAGE_SIZE): Promise<void> => {
    try {
      const answer = await client.logs(session, event, offset, limit);
      setLines((before) => [...before.slice(0, offset), ...answer.lines]);
      setTotal(answer.total);
      setFailure(undefined);
    } catch (error) {
      setFailure(failureText(error));
    }
  };
  useEffect(() => {
    // A late one may belong before those that are here.
    if (lines.length <= PAGE_SIZE) void load(0);
    else setTotal(count);
  }, [count]);
  return { lines, total, failure, load };
}
