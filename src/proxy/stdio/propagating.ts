import { Transform, type TransformCallback } from 'node:stream';
import { logOnce } from '../../sdk/diagnostics/log.ts';
import { Bytes } from './bytes.ts';
import { MAX_WHOLE } from './lines.ts';

const NEWLINE = 0x0a;

const TOO_LONG = 'a request of more than 1 MiB was passed on as it is, without trace context';

/**
 * What the client sends, line by line, each with what `change` makes of it. What is too long to be held back, and what
 * no line break ends, passes as it is.
 *
 * @param change given a whole line with its break.
 * @param passed given what passes unchanged.
 */
export function changingLines(
  change: (line: Buffer) => Promise<Buffer>,
  passed: (bytes: Buffer) => void,
): Transform {
  const held = new Bytes();
  /** Whether the beginning of this line has been passed on. */
  let isPassing = false;

  async function read(stream: Transform, piece: Buffer): Promise<void> {
    let at = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, at)) {
      hold(stream, piece.subarray(at, end + 1));
      if (!isPassing) {
        const line = Buffer.from(held.view());
        held.clear();
        stream.push(await change(line));
      }
      isPassing = false;
      at = end + 1;
    }
    hold(stream, piece.subarray(at));
  }

  function hold(stream: Transform, bytes: Buffer): void {
    if (isPassing) {
      pass(stream, bytes);
      return;
    }
    held.add(bytes);
    if (held.length <= MAX_WHOLE) return;
    logOnce(TOO_LONG);
    isPassing = true;
    release(stream);
  }

  function release(stream: Transform): void {
    if (held.length > 0) pass(stream, Buffer.from(held.view()));
    held.clear();
  }

  function pass(stream: Transform, bytes: Buffer): void {
    stream.push(bytes);
    passed(bytes);
  }

  return new Transform({
    transform(piece: Buffer, _encoding, done: TransformCallback) {
      read(this, piece).then(() => done(), done);
    },
    flush(done) {
      release(this);
      done();
    },
  });
}
