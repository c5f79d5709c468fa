import type { Check } from '../../../../tools/support/checks.ts';
import { run } from '../../../../tools/support/children.ts';
import { command, type Program } from './program.ts';

/** How the program is called wrongly, and what it says. */
export async function checkCommandLine(engine: string, program: Program, data: string): Promise<Check[]> {
  const { port } = program.url;
  const cases = [
    { what: '--help', args: ['--help'], code: 0, says: '--schema FILE' },
    { what: 'no --data', args: ['--engine', engine, '--port', '0'], code: 2, says: '--data is needed' },
    {
      what: 'a data folder that reads as a pattern',
      args: ['--engine', engine, '--data', `${data}-{3}`, '--port', '0'],
      code: 2,
      says: '--data may not have * ? { } in its path',
    },
    {
      what: 'a folder without the engine',
      args: ['--engine', '/nowhere', '--data', `${data}-2`, '--port', '0'],
      code: 1,
      says: 'npm run stack:install',
    },
    {
      what: 'a port that is taken',
      args: ['--engine', engine, '--data', `${data}-2`, '--port', port],
      code: 1,
      says: `another program listens on 127.0.0.1:${port}: stop it, or choose another --port`,
    },
    {
      what: 'data that another server has',
      args: ['--engine', engine, '--data', data, '--port', '0'],
      code: 1,
      says: 'another server may be using it',
    },
  ];
  const checks: Check[] = [];
  for (const { what, args, code, says } of cases) {
    const [file = '', ...rest] = command(args);
    const ended = await run(file, rest);
    const words = ended.stdout + ended.stderr;
    const ok = ended.code === code && words.includes(says);
    checks.push({
      name: `${what}: exits with ${code} and says "${says}"`,
      ok,
      found: `${ended.code}: ${words.trim().split('\n').at(-1)}`,
    });
  }
  return checks;
}
