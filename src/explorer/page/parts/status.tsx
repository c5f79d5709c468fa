import type { SessionStatus } from '../../sessions/row.ts';
import { lookUp } from '../../text/look-up.ts';

const REASONS: Readonly<Record<string, string>> = {
  client_delete: 'the client ended it',
  transport_close: 'the connection was closed',
  stdin_eof: "the server's standard input ended",
  idle_timeout: 'no request within the idle time of the server',
  server_shutdown: 'the server shut down',
  not_recorded: 'what recorded it does not tell of the end',
  process_exit: "the server's process ended",
};

const MEANINGS: Readonly<Record<SessionStatus, string>> = {
  active: 'Active: it has not ended',
  ended: 'Ended',
  lost: 'Lost: it never ended, and nothing has been heard of it for long',
};

/** A coloured dot and a word. */
export function Status({
  status,
  endReason,
}: {
  readonly status: SessionStatus;
  readonly endReason?: string | undefined;
}) {
  return (
    <span class={`status status-${status}`} title={statusTitle(status, endReason)}>
      <span class="dot" />
      {status}
    </span>
  );
}

function statusTitle(status: SessionStatus, endReason: string | undefined): string {
  if (endReason === undefined) return MEANINGS[status];
  return `${MEANINGS[status]}: ${reasonText(endReason)}`;
}

/** `stdin_eof: the server's standard input ended`. */
export function reasonText(endReason: string): string {
  const reason = lookUp(REASONS, endReason);
  return reason === undefined ? endReason : `${endReason}: ${reason}`;
}
