import type { Connection } from './engine.ts';
import type { Ask } from './request.ts';

/** The first query of every connection of ClickHouse's driver for Go. */
const HELLO = /^\s*SELECT\s+displayName\(\),\s*version\(\),\s*revision\(\),\s*timezone\(\)\s*$/i;

/** Whether it is a driver's first query, which tells it how all further answers are written. */
export function isHello(ask: Pick<Ask, 'clientRevision'>, sql: string): boolean {
  return ask.clientRevision > 0 && HELLO.test(sql);
}

/** The answer to a driver's first query, as its own revision of the protocol writes it. */
export async function answerHello(connection: Connection): Promise<Buffer> {
  const { bytes } = await connection.run('SELECT displayName(), version(), timezone()');
  const [name = '', version = '', timezone = ''] = Buffer.from(bytes).toString('utf8').trimEnd().split('\t');
  return helloBlock(name, version, timezone);
}

/**
 * A block of the Native format with one row. It begins with what the driver's revision of the protocol puts before a
 * block. The engine writes blocks without that, whatever the revision: so this says that the server's revision is 0, and
 * the driver reads all further blocks as the engine writes them.
 */
export function helloBlock(name: string, version: string, timezone: string): Buffer {
  const revision = Buffer.alloc(4);
  return Buffer.concat([
    BLOCK_INFO,
    // Columns, rows.
    ...[varint(4), varint(1)],
    column('displayName()', 'String', text(name)),
    column('version()', 'String', text(version)),
    column('revision()', 'UInt32', revision),
    column('timezone()', 'String', text(timezone)),
  ]);
}

/** Field 1, is_overflows: no. Field 2, bucket_num: -1. No more fields. */
const BLOCK_INFO = Buffer.from([1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0]);

function column(name: string, type: string, value: Buffer): Buffer {
  const hasCustomSerialization = Buffer.from([0]);
  return Buffer.concat([text(name), text(type), hasCustomSerialization, value]);
}

function text(value: string): Buffer {
  return Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}
