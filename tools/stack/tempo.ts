import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Names the user's own Tempo. */
export const TEMPO_VARIABLE = 'MCP_SESSIONSCOPE_TEMPO';

/**
 * Finds Tempo: the file that `MCP_SESSIONSCOPE_TEMPO` names, else `tempo` on the `PATH`. It is not built, because no
 * release of it can be had as a Go module.
 *
 * @returns undefined where there is none
 */
export function findTempo(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[TEMPO_VARIABLE];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return resolve(named);
    throw new Error(`${TEMPO_VARIABLE} names ${named}, which is not a program`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'tempo')).find(isProgram);
}

/** What to do where there is no Tempo. */
export function tempoMissing(version: string): string {
  return [
    `Tempo ${version} is missing. It is the one part that is not built here: no release of it is a Go module.`,
    `Get it from its makers and put it on the PATH as tempo, or name its file by ${TEMPO_VARIABLE}.`,
    'Or leave it out with --without tempo; the dashboards of sessions then show nothing.',
  ].join('\n');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
