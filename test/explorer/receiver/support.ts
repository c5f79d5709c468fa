import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createReceiver,
  type Receiver,
  type ReceiverOptions,
} from '../../../src/explorer/receiver/receiver.ts';

import type { RecordedSignal } from '../../../src/explorer/recording/signal.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';

/** The receiver behind a real HTTP server, with a folder of its own. */
export interface Running {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  readonly receiver: Receiver;
  readonly server: Server;
  /** What it told people. */
  readonly warnings: string[];
  /** Signals of which something was written, in order. */
  readonly written: string[];
  /** The lines of all files of a signal. */
  lines(signal: RecordedSignal): string[];
  close(): Promise<void>;
}

export async function run(options: Partial<ReceiverOptions> = {}): Promise<Running> {
  const own = mkdtempSync(join(tmpdir(), 'receiver-'));
  const dir = options.dir ?? join(own, 'recorded');
  const warnings: string[] = [];
  const written: string[] = [];
  const receiver = createReceiver({
    dir,
    warn: (line) => warnings.push(line),
    onWritten: (signal) => written.push(signal),
    ...options,
  });
  const server = createServer((request, response) => void receiver.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    dir,
    receiver,
    server,
    warnings,
    written,
    lines: (signal) => linesOf(dir, signal),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await receiver.close();
      removeFolderSync(own);
    },
  };
}

/** The lines of a folder's files of one signal. */
export function linesOf(dir: string, signal: RecordedSignal): string[] {
  return namesOf(dir)
    .filter((name) => new RegExp(`\\.${signal}(\\.\\d+)?\\.jsonl$`).test(name))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').slice(0, -1));
}

function namesOf(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
