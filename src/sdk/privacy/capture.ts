import { rewriteAttributes } from './attributes.ts';
import { writeJson } from './json-writer.ts';
import { createLabels } from './labels.ts';
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

/** Turns what a server handles into what may be recorded. `json` and `text` throw never and do bounded work. */
export interface Capture {
  /** JSON text of any value. It is no valid JSON any more where it was cut. */
  json(value: unknown): string;
  /** A message or a URI. */
  text(value: string): string;
  /** A name or an id that another chose: redacted, and cut at 256 UTF-16 code units; as it is without `sanitize`. */
  label(text: string): string;
  /** Attributes that the server's author made: redacted by key and by value, and cut. Without `sanitize`, only cut. */
  attributes<T extends object>(attributes: T): T;
}

/** The one way for content into a span: redacted first, cut afterwards. */
export function createCapture({ sanitize, maxLength }: CaptureSettings): Capture {
  const limit = Number.isNaN(maxLength) ? 0 : Math.min(Math.max(0, Math.floor(maxLength)), MAX_LENGTH);
  const json = (value: unknown) => writeJson(value, limit, sanitize);
  const text = (value: string): string => {
    // What is thrown or sent can have anything for a message.
    if (typeof value !== 'string') return json(value);
    const rewritten = rewriteText(value, limit, sanitize);
    return truncate(rewritten.text, limit, rewritten.isComplete);
  };
  const attributeText = sanitize ? text : (value: string) => truncate(value, limit, true);
  const label = sanitize ? createLabels() : (value: string) => value;
  return { json, text, label, attributes: (values) => rewriteAttributes(values, attributeText, sanitize) };
}
