import { mkdir } from 'node:fs/promises';
import type { Check } from '../../../../tools/support/checks.ts';
import { run } from '../../../../tools/support/children.ts';
import { BATCH_ROWS, batch, batchesIn, faultOf, INSERT } from './batches.ts';
import { type Program, type Reply, shown, startProgram } from './program.ts';

const DISK_MB = 64;
const NOT_ENOUGH_SPACE = '243';
/** Of the numbers that the engine gives for a disk that is full: no reservation, no write. */
const FULL = [NOT_ENOUGH_SPACE, '75'];
const MOST_BLOCKS = 200;

/** Runs a command in a mount namespace of its own, with a small disk of memory in place of a folder. */
const WITH_SMALL_DISK = [
  ...['unshare', '--map-root-user', '--mount', 'sh', '-ec'],
  `mount -t tmpfs -o size=${DISK_MB}m tmpfs "$0"; exec "$@"`,
];

/** A disk that fills up: what does not fit is refused, what is there can be read, and with space again all goes on. */
export async function checkDisk(engine: string, data: string): Promise<Check[]> {
  await mkdir(data, { recursive: true });
  const canMount = await canHaveSmallDisk(data);
  const program = await startProgram(engine, data, canMount ? [...WITH_SMALL_DISK, data] : []);
  try {
    await program.insert(INSERT, batch('before'));
    return await checkFull(program, await (canMount ? fillSmallDisk(program) : raiseLimit(program)));
  } finally {
    await program.end();
  }
}

/** Root may, unless its container is told not to; so may others where user namespaces are allowed, and only on Linux. */
async function canHaveSmallDisk(folder: string): Promise<boolean> {
  const [file = '', ...args] = [...WITH_SMALL_DISK, folder, 'true'];
  const ended = await run(file, args).catch(() => undefined);
  return ended?.code === 0;
}

/** A disk that is full. */
interface FullDisk {
  how: string;
  /** What the engine answered when there was no more space. */
  refusal: Reply;
  makeSpace(): Promise<Reply>;
}

/** Fills a table beside the spans' with what cannot be compressed, until nothing fits. */
async function fillSmallDisk(program: Program): Promise<FullDisk> {
  let refusal = await program.ask(
    'CREATE TABLE default.ballast (a String) ENGINE = MergeTree ORDER BY tuple()',
  );
  for (const bytes of [1_000_000, 100_000, 10_000]) {
    for (let count = 0; count < MOST_BLOCKS; count += 1) {
      refusal = await program.ask(`INSERT INTO default.ballast SELECT randomString(${bytes})`);
      if (refusal.status !== 200) break;
    }
  }
  const makeSpace = () => program.ask('DROP TABLE default.ballast SYNC');
  return { how: `a disk of ${DISK_MB} MB`, refusal, makeSpace };
}

/** Where nothing can be mounted: the engine is to leave more free than any disk has. What it then does is the same. */
async function raiseLimit(program: Program): Promise<FullDisk> {
  const setting = 'ALTER TABLE otel.otel_traces MODIFY SETTING min_free_disk_bytes_to_perform_insert';
  await program.ask(`${setting} = 1000000000000000`);
  const refusal = await program.insert(INSERT, batch('refused'));
  return {
    how: 'the engine told to leave a PB free',
    refusal,
    makeSpace: () => program.ask(`${setting} = 0`),
  };
}

async function checkFull(program: Program, disk: FullDisk): Promise<Check[]> {
  const refused = await program.insert(INSERT, batch('refused', 50_000));
  const read = await program.ask('SELECT count() FROM otel.otel_traces');
  const space = await disk.makeSpace();
  const accepted = await program.insert(INSERT, batch('accepted'));
  const table = await batchesIn(program);
  return [
    refusalCheck(`the engine refuses what does not fit (${disk.how})`, disk.refusal),
    refusalCheck('an insert is refused', refused),
    { name: 'what is there can still be read', ok: Number(read.text) === BATCH_ROWS, found: shown(read) },
    {
      name: 'with space again, inserts work, and nothing is there of what was refused',
      ok: accepted.status === 200 && faultOf(table, ['before', 'accepted']) === undefined && table.size === 2,
      found: `${shown(space)} ${shown(accepted)} ${[...table.keys()].join()}`,
    },
  ];
}

function refusalCheck(name: string, reply: Reply): Check {
  return { name, ok: reply.status === 500 && FULL.includes(reply.code ?? ''), found: shown(reply) };
}
