import type { SecretSample } from './random.ts';

/** What is shown of a value. */
export type Shows = (value: unknown) => string;

/** The secrets that can be read in what is shown. */
export function passing(samples: readonly SecretSample[], shows: Shows): SecretSample[] {
  return samples.filter(([, secret, carrier]) => shows(carrier).includes(secret));
}

/** The innocents that are not shown as they are. */
export function changed(innocents: readonly unknown[], shows: Shows): unknown[] {
  return innocents.filter((each) => shows(each) !== (typeof each === 'string' ? each : JSON.stringify(each)));
}
