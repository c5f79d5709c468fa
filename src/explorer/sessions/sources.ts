/** Where the id of a session comes from, in words. */
export const SOURCES: Readonly<Record<string, string>> = {
  protocol: "the protocol's own session id",
  connection: 'one id per connection: there is none on the wire',
  application: 'a key that the application gave',
  conversation: 'the conversation that the client named',
  inferred: 'a guess: no session id came with the requests, so those of one caller were joined',
  client: 'a connection of a client; nothing that a server recorded could be tied to it',
  process: 'one process, of which no request tells its client',
};

/** Whether an open session lasts to now. Of a connection of a client nothing more is recorded when its process is gone. */
export function lastsToNow({
  status,
  source,
}: {
  readonly status: string;
  readonly source?: string | undefined;
}): boolean {
  return status === 'active' && source !== 'client';
}

/** Marks ids of sessions that are a guess; taken back where an id is typed. */
export const INFERRED_MARK = '~';
