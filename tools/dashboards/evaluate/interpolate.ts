import { grafana } from './grafana.ts';

/** What a variable of a dashboard stands for. */
export interface VariableValue {
  value: string | string[];
  /** What the reader sees; the value where it is left out. */
  text?: string;
  /** Stands as it is, whatever format is asked for. */
  isRaw?: boolean;
  /** All values were chosen. */
  isAll?: boolean;
  /** More than one value can be chosen, or all of them. */
  isMulti?: boolean;
}

/** Writes a value into a text, where the text names no format. */
export type Format = (value: string | string[], variable: VariableValue) => string;

/** The value that stands for all values of a variable. */
export const ALL = '$__all';

/** Values by name, those that Grafana brings along included. A function gets the path after the name. */
export type Scope = Record<string, VariableValue | ((path: string) => string | undefined)>;

/** `$name`, `[[name:format]]`, `${name.path:format}`. */
const REFERENCE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::([^}]+))?\}/g;

const each = (value: string | string[]): string[] => (Array.isArray(value) ? value : [value]);
const escapedForRegex = (text: string): string => text.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&');

/** Without a format: a list as `{a,b}`. */
export const glob: Format = (value) =>
  Array.isArray(value) && value.length !== 1 ? `{${value.join(',')}}` : each(value).join('');

const FORMATS: Record<string, (value: string | string[], name: string) => string> = {
  raw: (value) => each(value).join(','),
  pipe: (value) => each(value).join('|'),
  csv: (value) => each(value).join(','),
  glob: (value) => glob(value, { value }),
  json: (value) => JSON.stringify(value),
  regex: (value) => {
    const escaped = each(value).map(escapedForRegex);
    return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`;
  },
  percentencode: (value) => percentEncoded(Array.isArray(value) ? `{${value.join(',')}}` : value),
  doublequote: (value) =>
    each(value)
      .map((one) => `"${one.replaceAll('"', '\\"')}"`)
      .join(','),
  singlequote: (value) =>
    each(value)
      .map((one) => `'${one.replaceAll("'", "\\'")}'`)
      .join(','),
  queryparam: (value, name) => grafana.urlUtil.toUrlParams({ [`var-${name}`]: value }),
};

/** Formats that do not leave a custom value for "All" as it is. */
const FORMATTING_ALL = new Set(['percentencode', 'text', 'queryparam']);

/** Also what `encodeURIComponent` leaves and other languages take for syntax. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Puts values in the place of the variables of a text, as Grafana does. What it does not know stays as it is.
 *
 * @param fallback the format where the text names none.
 */
export function interpolate(text: string, scope: Scope, fallback: Format = glob): string {
  return text.replace(REFERENCE, (match, plain, bracketed, bracketFormat, braced, path, braceFormat) => {
    const name: string = plain ?? bracketed ?? braced;
    const known = Object.hasOwn(scope, name) ? scope[name] : undefined;
    if (known === undefined) return match;
    const format: string | undefined = bracketFormat ?? braceFormat;
    if (typeof known !== 'function') return formatted(known, name, format, fallback);
    const value = known(path ?? '');
    return value === undefined ? match : formatted({ value }, name, format, glob);
  });
}

function formatted(
  variable: VariableValue,
  name: string,
  format: string | undefined,
  fallback: Format,
): string {
  if (variable.isRaw === true && !(variable.isAll === true && FORMATTING_ALL.has(format ?? ''))) {
    return each(variable.value).join('');
  }
  if (format === undefined) return fallback(variable.value, variable);
  if (format === 'text') return variable.text ?? each(variable.value).join(' + ');
  if (format.startsWith('date')) return dated(String(variable.value), format.slice('date:'.length));
  const write = FORMATS[format];
  if (write === undefined)
    throw new Error(`the format "${format}" of the variable "${name}" is not known here`);
  return write(variable.isAll === true && format === 'queryparam' ? [ALL] : variable.value, name);
}

function dated(milliseconds: string, format: string): string {
  if (format === 'seconds') return String(Math.floor(Number(milliseconds) / 1000));
  if (format === '' || format === 'iso') return new Date(Number(milliseconds)).toISOString();
  throw new Error(`the date format "${format}" is not known here`);
}

/** In SQL for ClickHouse: a list stands in quotes, and nothing in it is escaped. */
export const forClickHouse: Format = (value) => (Array.isArray(value) ? `'${value.join("','")}'` : value);

/** In TraceQL: alternatives, for a regular expression. */
export const forTempo: Format = (value) => each(value).join('|');

/** In PromQL: escaped for a string, and for a regular expression where more than one value can be chosen. */
export const forPrometheus: Format = (value, { isMulti }) => {
  if (isMulti !== true) return each(value).join(',').replace(/\\/g, '\\\\').replace(/'/g, "\\\\'");
  const escaped = each(value).map((one) =>
    one.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&'),
  );
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`;
};
