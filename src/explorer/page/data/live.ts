import { API, type ApiChange } from '../../server/api.ts';

export interface LiveHandlers {
  onChange(change: ApiChange): void;
  /** Told each time that a connection stands. */
  onOpen(): void;
  onLost(): void;
}

/** Milliseconds before a connection that the browser has given up is made anew. */
const RETRY_MS = 3_000;

/**
 * Listens to what changes on the server. Not while the page is hidden: browsers allow few connections to one server,
 * and a dozen forgotten tabs would use them up. Returns what ends it.
 */
export function openLive(handlers: LiveHandlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const connect = () => {
    const mine = new EventSource(API.changes);
    source = mine;
    mine.addEventListener('open', () => handlers.onOpen());
    mine.addEventListener('change', (event) => handlers.onChange(JSON.parse(event.data) as ApiChange));
    mine.addEventListener('error', () => {
      handlers.onLost();
      // The browser tries again by itself, unless the answer was no stream of events.
      if (mine.readyState === EventSource.CLOSED) timer = setTimeout(connect, RETRY_MS);
    });
  };
  const disconnect = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const follow = () => {
    if (document.visibilityState === 'hidden') disconnect();
    else if (source === undefined) connect();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    disconnect();
  };
}
