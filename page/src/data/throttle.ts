/** A function that runs `run` at once, and again at most every `everyMs`; the last call is never lost. */
export function createThrottle(everyMs: number, run: () => void): () => void {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const fire = () => {
    timer = undefined;
    last = Date.now();
    run();
  };
  return () => {
    if (timer !== undefined) return;
    const wait = last + everyMs - Date.now();
    if (wait <= 0) fire();
    else timer = setTimeout(fire, wait);
  };
}
