import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from '../../../tools/support/children.ts';
import { removeFolderSync } from '../../../tools/support/remove-folder.ts';
import type { Progress } from '../../progress.ts';
import { median } from '../../statistics.ts';

/** Modules of the program, half of them CommonJS; none of them is of an MCP SDK. */
export const MODULES = 400;
/** Of each module: as much as the packages of an application have. */
const FILLING = 'void ((a) => a.server.connected(a.connect));\n'.repeat(250);

/** How long a program takes with `register`, as a ratio to the same program alone. */
export interface StartupRatios {
  /** One of one module. */
  small: number;
  /** One of `MODULES` modules. */
  large: number;
}

/** Runs programs to their end, with and without `register`, in turns. */
export async function measureStartup(
  rounds: number,
  register: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<StartupRatios> {
  const dir = mkdtempSync(join(tmpdir(), 'mcp-sessionscope-startup-'));
  try {
    const programs = { small: writeProgram(dir, 'small', 0), large: writeProgram(dir, 'large', MODULES) };
    const ratios = { small: [] as number[], large: [] as number[] };
    // The first round reads the files from the disk; it does not count.
    for (let round = 0; round <= rounds; round += 1) {
      progress.say(`start of a program, round ${round} of ${rounds}`);
      for (const kind of ['small', 'large'] as const) {
        signal.throwIfAborted();
        const bare = await millisecondsOf([programs[kind]]);
        const registered = await millisecondsOf(['--import', register, programs[kind]]);
        if (round > 0) ratios[kind].push(registered / bare);
      }
    }
    return { small: median(ratios.small), large: median(ratios.large) };
  } finally {
    removeFolderSync(dir);
  }
}

async function millisecondsOf(args: string[]): Promise<number> {
  const startedAt = performance.now();
  await runOrThrow(process.execPath, args, { timeoutMs: 60_000 });
  return performance.now() - startedAt;
}

function writeProgram(dir: string, name: string, modules: number): string {
  const names = Array.from(
    { length: modules },
    (_, index) => `${name}-${index}.${index % 2 ? 'cjs' : 'mjs'}`,
  );
  for (const each of names) {
    const line = each.endsWith('.cjs')
      ? 'exports.f = (a) => a.call();\n'
      : 'export const f = (a) => a.call();\n';
    writeFileSync(join(dir, each), line.concat(FILLING));
  }
  const program = join(dir, `${name}.mjs`);
  writeFileSync(program, names.map((each) => `import './${each}';\n`).join(''));
  return program;
}
