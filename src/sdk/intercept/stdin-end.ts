type Listener = () => void;

/** Listeners per stream: one `end` listener of ours on each, whatever the number of servers and managers. */
const watched = new WeakMap<NodeJS.ReadableStream, Set<Listener>>();

/**
 * Calls `listener` when `stdin` ends: the MCP client has gone. v1's stdio transport does not notice. Listening for
 * `end` does not make the stream flow and keeps no process alive.
 *
 * @returns a function that stops listening.
 */
export function onStdinEnd(stdin: NodeJS.ReadableStream, listener: Listener): () => void {
  let listeners = watched.get(stdin);
  if (listeners === undefined) {
    const created = new Set<Listener>();
    listeners = created;
    watched.set(stdin, created);
    stdin.once('end', () => {
      watched.delete(stdin);
      for (const each of created) each();
    });
  }
  listeners.add(listener);
  return () => void watched.get(stdin)?.delete(listener);
}
