import type { SessionAbout } from './session-span.ts';

/** Of {@link SessionAbout}: all of them. */
export const ABOUT_FIELDS = [
  'source',
  'service',
  'clientName',
  'clientVersion',
  'protocolVersion',
  'transport',
  'sender',
  'seenByClient',
] as const satisfies readonly (keyof SessionAbout)[];

/** What the spans of a session tell about it: of each field the earliest that is told, whatever their order. */
export class KnownAbout {
  readonly #values: (string | undefined)[] = ABOUT_FIELDS.map(() => undefined);
  readonly #times: number[] = ABOUT_FIELDS.map(() => 0);

  /** @param ms - when it was told */
  add(about: SessionAbout, ms: number): void {
    for (let i = 0; i < ABOUT_FIELDS.length; i += 1) this.#addValue(i, about[ABOUT_FIELDS[i]!], ms);
  }

  addOne(field: keyof SessionAbout, value: string | undefined, ms: number): void {
    this.#addValue(ABOUT_FIELDS.indexOf(field), value, ms);
  }

  addAll(other: KnownAbout): void {
    for (let i = 0; i < ABOUT_FIELDS.length; i += 1) this.#addValue(i, other.#values[i], other.#times[i]!);
  }

  toAbout(): SessionAbout {
    const [source, service, clientName, clientVersion, protocolVersion, transport, sender, seenByClient] =
      this.#values;
    return {
      source,
      service,
      clientName,
      clientVersion,
      protocolVersion,
      transport,
      sender,
      seenByClient,
    };
  }

  #addValue(i: number, value: string | undefined, ms: number): void {
    if (value === undefined) return;
    const known = this.#values[i];
    const time = this.#times[i]!;
    // Of two at once any will do, but always the same.
    if (known !== undefined && (ms > time || (ms === time && value >= known))) return;
    this.#values[i] = value;
    this.#times[i] = ms;
  }
}
