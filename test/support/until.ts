/** Waits for what a timer of the code under test, or a peer on the network, brings about; fails after three seconds. */
export async function until<T>(look: () => T | undefined | false | null, what: string): Promise<T> {
  const deadline = performance.now() + 3_000;
  for (let looks = 0; ; looks += 1) {
    const seen = look();
    if (seen) return seen;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => {
      if (looks < 20) setImmediate(resolve);
      else setTimeout(resolve, 4);
    });
  }
}

/** A promise with its two ends: what a handler waits for, or tells. */
export function gate<T = void>(): { opened: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Lets everything run that needs no timer and no network. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
