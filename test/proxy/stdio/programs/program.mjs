// A program behind `run`. Its first argument says what it does, the others what with.
import { createInterface } from 'node:readline';

const [, , what, ...args] = process.argv;

const note = (text) => process.stderr.write(`${text}\n`);

/** Notes each signal; exits with 3 after so many. */
const countSignals = (count, name) => {
  let left = Number(count);
  process.on(name, () => {
    note(name);
    left -= 1;
    if (left === 0) process.exit(3);
  });
  setInterval(() => {}, 60_000);
  note('ready');
};

/** Writes as long as somebody takes it, and says how much is left where it has to wait; hears what comes meanwhile. */
const flood = (megabytes) => {
  const line = Buffer.from(`${'x'.repeat(1_048_575)}\n`);
  let left = Number(megabytes);
  process.stdin.once('data', () => note('heard')).unref();
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (process.stdout.write(line)) continue;
      note(`waits ${left}`);
      process.stdout.once('drain', more);
      return;
    }
  };
  more();
};

/** Reads nothing until it is sent SIGUSR2; then counts. */
const ignore = () => {
  const waiting = setInterval(() => {}, 60_000);
  process.once('SIGUSR2', () => {
    clearInterval(waiting);
    let bytes = 0;
    process.stdin.on('data', (chunk) => {
      bytes += chunk.length;
    });
    process.stdin.on('end', () => note(`read ${bytes}`));
  });
  note('ready');
};

/** Answers each request, and ends with its client. */
const answerAll = () => {
  createInterface({ input: process.stdin }).on('line', (line) => {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, result: {} })}\n`);
  });
};

/** Writes on and on, until its reader has gone. */
const repeat = () => {
  process.stdout.on('error', ({ code }) => {
    note(`stdout: ${code}`);
    process.exit(5);
  });
  const write = () => {
    process.stdout.write('{"jsonrpc":"2.0","method":"notifications/x"}\n', () => setImmediate(write));
  };
  write();
};

const DOES = {
  echo: () => process.stdin.pipe(process.stdout),
  exit: (code) => process.stdin.once('data', () => process.exit(Number(code))),
  die: (signal) => process.stdin.once('data', () => process.kill(process.pid, signal)),
  write: (text) => process.stdout.write(text),
  answerAll,
  countSignals,
  flood,
  ignore,
  repeat,
};

DOES[what](...args);
