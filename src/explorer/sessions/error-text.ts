import { ATTR_MCP_ERROR_MESSAGE } from '../../sdk/signals/semconv.ts';
import type { RecordedSpan } from '../recording/otlp.ts';
import { type Ending, errorTypeOf, statusOf } from './outcome.ts';
import { textOf } from './session-span.ts';

/** What a code means, for errors whose own words were not recorded. */
const ERROR_CODES: Readonly<Record<string, string>> = {
  '-32700': 'parse error',
  '-32600': 'invalid request',
  '-32601': 'method not found',
  '-32602': 'invalid params',
  '-32603': 'internal error',
  '-32002': 'resource not found',
};

export interface ErrorWords {
  readonly type: string | undefined;
  /** The type and what was said: `PaymentError: card declined`. Absent where it is no error. */
  readonly text: string | undefined;
}

/** What a span says of its error. */
export function errorOf(span: RecordedSpan, ending: Ending): ErrorWords {
  const type = errorTypeOf(ending);
  if (statusOf(ending) !== 'error') return { type, text: undefined };
  const said = span.statusMessage ?? span.exceptionMessage ?? textOf(span, ATTR_MCP_ERROR_MESSAGE);
  return { type, text: errorText(type, errorMessage(ending, said)) };
}

/** What an error says, or what its code means. */
export function errorMessage({ code }: Pick<Ending, 'code'>, said: string | undefined): string | undefined {
  return said ?? (code === undefined ? undefined : ERROR_CODES[code]);
}

/** Type and message as one text. */
export function errorText(type: string | undefined, message: string | undefined): string | undefined {
  const parts = [type, message].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? undefined : parts.join(': ');
}
