// A program behind `run`. Its first argument says what it does, the others what with.
const [, , what, ...args] = process.argv;

const note = (text) => process.stderr.write(`${text}\n`);

/** Notes each signal; exits with 3 after so many. */
const countSignals = (count, ...names) => {
  let left = Number(count);
  for (const name of names) {
    process.on(name, () => {
      note(name);
      left -= 1;
      if (left === 0) process.exit(3);
    });
  }
  setInterval(() => {}, 60_000);
  note('ready');
};

/** Writes as long as somebody takes it; then says how much that was, and after the rest exits. */
const flood = (megabytes) => {
  const line = Buffer.from(`${'x'.repeat(1_048_575)}\n`);
  let left = Number(megabytes);
  const more = () => {
    while (left > 0) {
      left -= 1;
      if (process.stdout.write(line)) continue;
      note(`waits ${left}`);
      process.stdout.once('drain', more);
      return;
    }
    note('done');
  };
  more();
};

const DOES = {
  echo: () => process.stdin.pipe(process.stdout),
  exit: (code) => process.stdin.once('data', () => process.exit(Number(code))),
  die: (signal) => process.stdin.once('data', () => process.kill(process.pid, signal)),
  write: (text) => process.stdout.write(text),
  countSignals,
  flood,
  /** Reads nothing until it is sent SIGUSR2; then counts. */
  ignore: () => {
    let bytes = 0;
    process.once('SIGUSR2', () => {
      process.stdin.on('data', (chunk) => {
        bytes += chunk.length;
      });
      process.stdin.on('end', () => note(`read ${bytes}`));
    });
    setInterval(() => {}, 60_000).unref();
    process.stdin.on('pause', () => {});
    const keep = setInterval(() => {}, 60_000);
    process.stdin.once('end', () => clearInterval(keep));
    note('ready');
  },
  /** Answers each line with that line, once and again, until its reader has gone. */
  repeat: () => {
    process.stdout.on('error', ({ code }) => {
      note(`stdout: ${code}`);
      process.exit(5);
    });
    const write = () =>
      process.stdout.write('{"jsonrpc":"2.0","method":"notifications/x"}\n', () => setImmediate(write));
    write();
  },
};

DOES[what](...args);
