/**
 * A function that runs `run` at once, and again at most every `everyMs`, never twice at a time: of answers that take long
 * the next is asked for when the one before is here. The last call is never lost.
 *
 * @param run - must not reject
 */
export function createThrottle(everyMs: number, run: () => Promise<void>): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let isWanted = false;
  const fire = async () => {
    timer = undefined;
    last = Date.now();
    isRunning = true;
    isWanted = false;
    await run();
    isRunning = false;
    if (isWanted) call();
  };
  const call = () => {
    if (isRunning) isWanted = true;
    if (isRunning || timer !== undefined) return;
    const wait = last + everyMs - Date.now();
    if (wait <= 0) void fire();
    else timer = setTimeout(() => void fire(), wait);
  };
  return call;
}
