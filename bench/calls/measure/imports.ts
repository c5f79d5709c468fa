import type { Progress } from '../../progress.ts';
import { median } from '../../statistics.ts';
import { SUBJECTS } from '../subjects.ts';
import { runChild } from './child.ts';

/** Milliseconds, medians. */
export interface ImportTimes {
  /** This package: the import, and the import with the first manager ready. */
  ours: number;
  oursReady: number;
  /** By package name. */
  peers: Map<string, number>;
}

/** Imports each package in fresh processes that take turns. */
export async function measureImports(
  rounds: number,
  ours: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<ImportTimes> {
  const peers = SUBJECTS.filter(({ role }) => role === 'peer').map(({ package: name }) => name as string);
  const jobs = [
    { key: 'ours', specifier: ours, manager: false },
    { key: 'oursReady', specifier: ours, manager: true },
    ...peers.map((name) => ({ key: name, specifier: name, manager: false })),
  ];
  const times = new Map<string, number[]>(jobs.map(({ key }) => [key, []]));
  // The first round reads the files from the disk; it does not count.
  for (let round = 0; round <= rounds; round += 1) {
    progress.say(`imports, round ${round} of ${rounds}`);
    for (const { key, ...job } of jobs) {
      const { ms } = await runChild<{ ms: number }>('imports.mjs', job, signal);
      if (round > 0) times.get(key)?.push(ms);
    }
  }
  const medianOf = (key: string): number => median(times.get(key) ?? []);
  return {
    ours: medianOf('ours'),
    oursReady: medianOf('oursReady'),
    peers: new Map(peers.map((name) => [name, medianOf(name)])),
  };
}
