/** Long work that stops now and then: who runs it may let others have their turn. */
export type Steps<T = void> = Generator<undefined, T, undefined>;

const ITEMS_A_STEP = 1_000;

export function* forEach<T>(items: Iterable<T>, run: (item: T) => void): Steps {
  let count = 0;
  for (const item of items) {
    run(item);
    count += 1;
    if (count % ITEMS_A_STEP === 0) yield;
  }
}

/** Does the rest of it without a stop. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
