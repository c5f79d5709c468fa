/** ClickHouse's names and numbers for what this server itself refuses. */
const CODES = {
  CANNOT_READ_ALL_DATA: 33,
  BAD_ARGUMENTS: 36,
  NOT_IMPLEMENTED: 48,
  SYNTAX_ERROR: 62,
  FILE_DOESNT_EXIST: 107,
  READONLY: 164,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  QUERY_IS_TOO_LARGE: 229,
  ABORTED: 236,
  NOT_ENOUGH_SPACE: 243,
  ACCESS_DENIED: 497,
  STD_EXCEPTION: 1001,
} as const;
export type FailureName = keyof typeof CODES;

/** What the engine's errors without a number count as. */
const UNKNOWN_EXCEPTION = 1002;

/** A query that gets no success: ClickHouse's number for it, and the text that ClickHouse answers. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: number;

  constructor(code: number | undefined, text: string) {
    super(text);
    this.code = code ?? UNKNOWN_EXCEPTION;
  }

  /** The status that ClickHouse answers with, 500 for most. */
  get status(): number {
    return STATUSES.get(this.code) ?? 500;
  }
}

/** A failure of this server's own, in the words of ClickHouse's. */
export function failure(name: FailureName, sentence: string): Failure {
  return new Failure(CODES[name], `Code: ${CODES[name]}. DB::Exception: ${sentence}. (${name})`);
}

/** What a file that cannot be written means. */
export function writeFailure(error: NodeJS.ErrnoException): Failure {
  const isFull = error.code === 'ENOSPC' || error.code === 'EDQUOT';
  return failure(
    isFull ? 'NOT_ENOUGH_SPACE' : 'STD_EXCEPTION',
    `the data cannot be stored: ${error.message}`,
  );
}

// By ClickHouse's exceptionCodeToHTTPStatus.cpp. 107, 202 and 236 are of this server, where the latter two pass.
const STATUSES = new Map<number, number>([
  ...of(400, [6, 8, 15, 25, 26, 27, 36, 37, 38, 41, 44, 53, 62, 72, 117, 123, 167, 168, 223, 321]),
  ...of(400, [376, 427, 441, 675, 676]),
  ...of(403, [497]),
  ...of(404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 107, 115, 152, 336, 511]),
  ...of(408, [159]),
  ...of(413, [229]),
  ...of(501, [48]),
  ...of(503, [76, 202, 209, 236, 439]),
]);

function of(status: number, codes: readonly number[]): [number, number][] {
  return codes.map((code) => [code, status]);
}
