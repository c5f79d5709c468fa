/** What the package told on stderr of spans that did not arrive. */
export interface ToldLosses {
  /** Spans that were lost. */
  lost: number;
  /** Spans that may have been: their answer is missing. */
  unsure: number;
}

/** The losses that the lines of the package add up to. */
export function toldLosses(stderr: string): ToldLosses {
  return {
    lost: sumOf(stderr, /(\d+) spans? w(?:as|ere) lost/g),
    unsure: sumOf(stderr, /(\d+) (?:spans?|more) may be lost/g),
  };
}

/** Whether so many lost spans are what was told. */
export function isTold(missing: number, { lost, unsure }: ToldLosses): boolean {
  return lost <= missing && missing <= lost + unsure;
}

function sumOf(text: string, counts: RegExp): number {
  return [...text.matchAll(counts)].reduce((sum, [, spans]) => sum + Number(spans), 0);
}
