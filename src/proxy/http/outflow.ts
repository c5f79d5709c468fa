import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Servers send the headers of a stream alone, and its first words a moment later. So long they wait for each other: one
 * that has nothing to say for long is there all the same.
 */
const FIRST_WORDS_MS = 5;

/**
 * Has what comes at once go out at once: each write is a system call, and wakes the client. Listens to an answer that
 * flows to its response, from before it does.
 *
 * @param gone told of the headers when they have gone on, then of each piece of the body; at last, that it is whole.
 * @returns tells at once of what has come.
 */
export function followAnswer(
  answer: IncomingMessage,
  response: ServerResponse,
  gone: (chunks: readonly Buffer[], isWhole: boolean) => void,
): () => void {
  let chunks: Buffer[] = [];
  let isHeld = false;
  const tell = (isWhole: boolean): void => {
    const told = chunks;
    chunks = [];
    gone(told, isWhole);
  };
  const silent = setTimeout(() => {
    if (!response.headersSent && !response.destroyed) response.flushHeaders();
    tell(false);
  }, FIRST_WORDS_MS);
  const letGo = (): void => {
    if (!isHeld) return;
    isHeld = false;
    response.socket?.uncork();
    tell(false);
  };
  answer.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (isHeld) return;
    isHeld = true;
    clearTimeout(silent);
    response.socket?.cork();
    setImmediate(letGo);
  });
  answer.once('end', () => {
    // The response has ended before, which lets all of it go.
    isHeld = false;
    clearTimeout(silent);
    tell(true);
  });
  return () => tell(false);
}
