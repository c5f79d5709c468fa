import { shown } from '../../sdk/config/validate.ts';
import { RequestError } from './request-error.ts';

/** The parameters of a request that are known and not empty. */
export type Parameters = ReadonlyMap<string, string>;

/** Longer texts are no name, id or search that anybody has. */
const MAX_TEXT_LENGTH = 4_096;
/** What a Date can hold. */
const MAX_TIME_MS = 8.64e15;

/** @throws {@link RequestError} where a name is unknown, or is there twice */
export function parametersOf(query: string, names: readonly string[]): Parameters {
  const parameters = new Map<string, string>();
  const seen = new Set<string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!names.includes(name)) {
      throw wrong(`there is no parameter ${shown(name)} here; ${takes(names)}`);
    }
    if (seen.has(name)) throw wrong(`${name} is given twice: give it once`);
    seen.add(name);
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

export function textOf(parameters: Parameters, name: string): string | undefined {
  const value = parameters.get(name);
  if (value !== undefined && value.length > MAX_TEXT_LENGTH) {
    throw wrong(`${name} has ${value.length} characters; it takes up to ${MAX_TEXT_LENGTH}`);
  }
  return value;
}

export function requiredTextOf(parameters: Parameters, name: string): string {
  const value = textOf(parameters, name);
  if (value === undefined) throw wrong(`${name} is missing`);
  return value;
}

export function choiceOf<T extends string>(
  parameters: Parameters,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw wrong(`${name} is ${shown(value)}; it takes ${choices.join(', ')}`);
  return choice;
}

/** A whole number. */
export function countOf(
  parameters: Parameters,
  name: string,
  { min, max, absent }: { min: number; max: number; absent: number },
): number {
  const value = parameters.get(name);
  if (value === undefined) return absent;
  const count = wholeNumber(value);
  if (count === undefined || count < min || count > max) {
    throw wrong(`${name} is ${shown(value)}; it takes a whole number from ${min} to ${max}`);
  }
  return count;
}

/** Whole numbers with commas between them. */
export function numbersOf(parameters: Parameters, name: string, max: number): number[] {
  const values = requiredTextOf(parameters, name).split(',');
  if (values.length > max) throw wrong(`${name} has ${values.length} numbers; it takes up to ${max}`);
  return values.map((value) => {
    const number = wholeNumber(value);
    if (number === undefined) throw wrong(`${name} has ${shown(value)}; it takes numbers such as 1,2,3`);
    return number;
  });
}

export function flagOf(parameters: Parameters, name: string): boolean | undefined {
  const choice = choiceOf(parameters, name, ['1', '0']);
  return choice === undefined ? undefined : choice === '1';
}

/** `from` and `to`, Unix milliseconds. */
export function timesOf(parameters: Parameters): { from: number | undefined; to: number | undefined } {
  const from = timeOf(parameters, 'from');
  const to = timeOf(parameters, 'to');
  if (from !== undefined && to !== undefined && from > to) {
    throw wrong(`from is ${from} and to is ${to}; from takes a time before that of to`);
  }
  return { from, to };
}

function timeOf(parameters: Parameters, name: string): number | undefined {
  const value = parameters.get(name);
  if (value === undefined) return undefined;
  const time = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || time > MAX_TIME_MS) {
    throw wrong(`${name} is ${shown(value)}; it takes Unix milliseconds such as 1795179600000`);
  }
  return time;
}

function wholeNumber(text: string): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

function takes(names: readonly string[]): string {
  return names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`;
}

function wrong(sentence: string): RequestError {
  return new RequestError(400, sentence);
}
