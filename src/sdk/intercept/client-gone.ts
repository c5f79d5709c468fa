import { processWide } from '../process-wide.ts';

/** Told when the client of a stdio server has gone and every request it had sent was answered. */
type Listener = () => void;

function listeners(): Set<Listener> {
  return processWide('client-gone', () => new Set<Listener>());
}

/** @returns a function that stops listening. */
export function onClientGone(listener: Listener): () => void {
  listeners().add(listener);
  return () => void listeners().delete(listener);
}

/** @param idle resolves when no request is open. */
export async function clientGone(idle: () => Promise<void>): Promise<void> {
  if (listeners().size === 0) return;
  await idle();
  for (const listener of [...listeners()]) listener();
}
