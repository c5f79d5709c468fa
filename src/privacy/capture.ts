import { writeJson } from './json-writer.ts';
import { rewriteText } from './redact.ts';
import { truncate } from './truncate.ts';

/** No span attribute is longer, whatever the settings say: it keeps the work and the memory of one capture bounded. */
const MAX_LENGTH = 1_048_576;

/** How a capture treats what it is given. */
export interface CaptureSettings {
  /** Replace what looks like a secret or personal data, by key and by value. Binary content is replaced regardless. */
  readonly sanitize: boolean;
  /** UTF-16 code units after which a text is cut, the `…` included; at most 1,048,576. */
  readonly maxLength: number;
}

/** Turns what a server handles into text that may be recorded. Neither function throws, and both do bounded work. */
export interface Capture {
  /** JSON text of any value. It is no valid JSON any more where it was cut. */
  json(value: unknown): string;
  /** A message or a URI. */
  text(value: string): string;
}

/** The one way for content into a span: redacted first, cut afterwards. */
export function createCapture({ sanitize, maxLength }: CaptureSettings): Capture {
  const limit = Number.isNaN(maxLength) ? 0 : Math.min(Math.max(0, Math.floor(maxLength)), MAX_LENGTH);
  const json = (value: unknown) => writeJson(value, limit, sanitize);
  return {
    json,
    text: (value) => {
      // What is thrown or sent can have anything for a message.
      if (typeof value !== 'string') return json(value);
      const { text, isComplete } = rewriteText(value, limit, sanitize);
      return truncate(text, limit, isComplete);
    },
  };
}
