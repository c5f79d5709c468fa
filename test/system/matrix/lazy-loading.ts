import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, tail } from '../../../tools/support/children.ts';
import type { Format } from './cells.ts';
import type { Finding } from './fresh-install.ts';

/** What importing the package must not load. */
const HEAVY =
  /@opentelemetry[/\\](sdk|exporter|resources|otlp|core|context-async-hooks)|mcp-sessionscope[/\\]dist[/\\]sdk\./;

/**
 * Watches what Node.js loads: by the import, by building managers, and when one of them needs the SDK. The last is the
 * control: there the heavy modules must be seen.
 */
export async function checkLazyLoading(installed: string, node: string, format: Format): Promise<Finding> {
  const dir = path.join(installed, 'lazy-loading');
  await mkdir(dir, { recursive: true });
  const trace = path.join(dir, `trace-${format}.txt`);
  await rm(trace, { force: true });
  await writeFile(path.join(dir, 'hooks.mjs'), HOOKS);
  await writeFile(path.join(dir, 'register.mjs'), REGISTER);
  const program = path.join(dir, format === 'esm' ? 'program.mjs' : 'program.cjs');
  await writeFile(program, format === 'esm' ? `${LOAD_ESM}${PROGRAM}` : `${LOAD_CJS}${PROGRAM}`);
  const name = `lazy loading, ${format}`;
  const register = pathToFileURL(path.join(dir, 'register.mjs')).href;
  const ended = await run(node, ['--import', register, program], { cwd: dir, env: { TRACE: trace } });
  if (ended.code !== 0) return { name, found: '-', problems: [tail(ended.stderr)] };
  const required: Record<'imported' | 'built' | 'used', string[]> = JSON.parse(ended.stdout);
  const traced = (await readFile(trace, 'utf8').catch(() => '')).split('\n');
  const loaded = (stage: keyof typeof required): string[] => [...required[stage], ...upTo(stage, traced)];
  const problems = [
    ...loaded('imported')
      .filter(isHeavy)
      .map((file) => `the import loads ${file}`),
    ...loaded('built')
      .filter(isHeavy)
      .map((file) => `building a manager loads ${file}`),
  ];
  const heavy = loaded('used').filter(isHeavy).length;
  if (heavy === 0) problems.push('the SDK was never seen to load: this check sees nothing');
  const light = new Set(loaded('imported').filter((file) => file.includes('node_modules')));
  return { name, found: `${light.size} modules by the import, ${heavy} of the SDK by its use`, problems };
}

function isHeavy(file: string): boolean {
  return HEAVY.test(file);
}

/** Lines of the trace before the mark of the next stage. */
function upTo(stage: string, lines: string[]): string[] {
  const end = lines.indexOf(`end of ${stage}`);
  return lines.slice(0, end === -1 ? lines.length : end).filter((line) => line.startsWith('file:'));
}

/** Writes down every module that the ESM loader loads. */
const HOOKS = `
import { appendFileSync } from 'node:fs';
export function load(url, context, next) {
  appendFileSync(process.env.TRACE, url + '\\n');
  return next(url, context);
}
`;
const REGISTER = `import { register } from 'node:module'; register('./hooks.mjs', import.meta.url);`;

const LOAD_ESM = `
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
const { cache } = createRequire(import.meta.url);
const { TelemetryManager } = await import('mcp-sessionscope');
`;
const LOAD_CJS = `
const { appendFileSync } = require('node:fs');
const { cache } = require;
const { TelemetryManager } = require('mcp-sessionscope');
`;
const PROGRAM = `
const stages = {};
const end = (stage) => {
  stages[stage] = Object.keys(cache);
  appendFileSync(process.env.TRACE, 'end of ' + stage + '\\n');
};
end('imported');
new TelemetryManager({ exporterType: 'none' }).tracer;
const manager = new TelemetryManager({});
end('built');
manager.tracer;
end('used');
process.stdout.write(JSON.stringify(stages));
process.exit(0);
`;
