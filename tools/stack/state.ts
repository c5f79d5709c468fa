import { existsSync, readFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ports } from './ports.ts';
import { endProcess, isReady, runsCommand } from './process.ts';
import { SERVICES, type ServiceName } from './services.ts';

/** One service of a stack that was started. */
export interface StartedService {
  name: ServiceName;
  pid: number;
  /** How its command line starts. */
  command: string;
  ready?: string;
}

/** What a stack that was started writes down, for `down` and `status`. */
export interface Started {
  ports: Ports;
  logsDir: string;
  services: StartedService[];
}

/** How a service is doing. */
export interface Health {
  name: ServiceName;
  pid: number;
  state: 'ready' | 'not ready' | 'ended';
}

/** The stack that was started with this data folder; undefined where there is none. */
export function readStarted(dataDir: string): Started | undefined {
  const path = file(dataDir);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Started) : undefined;
}

export async function writeStarted(dataDir: string, started: Started): Promise<void> {
  const path = file(dataDir);
  await writeFile(`${path}.new`, JSON.stringify(started, undefined, 2));
  await rename(`${path}.new`, path);
}

export async function forgetStarted(dataDir: string): Promise<void> {
  await rm(file(dataDir), { force: true });
}

/** How every service is doing. */
export function healthOf(started: Started): Promise<Health[]> {
  return Promise.all(
    started.services.map(async ({ name, pid, command, ready }) => {
      if (!(await runsCommand(pid, command))) return { name, pid, state: 'ended' };
      const isWell = await isReady(ready === undefined ? {} : { ready });
      return { name, pid, state: isWell ? 'ready' : 'not ready' };
    }),
  );
}

/** Ends every service that still runs: who sends before who receives. */
export async function endAll(started: Started, say: (line: string) => void): Promise<void> {
  const latestFirst = [...started.services].sort(
    (left, right) => SERVICES.indexOf(right.name) - SERVICES.indexOf(left.name),
  );
  for (const { name, pid, command } of latestFirst) {
    if (!(await runsCommand(pid, command))) continue;
    say(`ending ${name} …`);
    await endProcess(pid);
  }
}

function file(dataDir: string): string {
  return join(dataDir, 'stack.json');
}
