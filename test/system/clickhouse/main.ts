/** npm run test:clickhouse: the server in front of ClickHouse's engine, with the real engine and the stack's tables. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, installed } from '../../../tools/stack/install.ts';
import { type Check, reportChecks } from '../../../tools/support/checks.ts';
import { runMain } from '../../../tools/support/children.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import { checkAnswers } from './checks/answers.ts';
import { checkCollector } from './checks/collector.ts';
import { checkCommandLine } from './checks/command-line.ts';
import { checkCrashes } from './checks/crashes.ts';
import { checkDisk } from './checks/disk.ts';
import { startProgram } from './checks/program.ts';
import { checkAbandoned, checkWriters } from './checks/writers.ts';

runMain(async () => {
  const { chdb, otelcol } = await ensureInstalled((line) => console.error(line), { only: ['chdb'] });
  const scratch = await mkdtemp(join(tmpdir(), 'clickhouse-check-'));
  try {
    const hasCollector = !installed().missing.includes('otelcol');
    if (!hasCollector) console.log('without a Collector, which npm run stack:install builds');
    const checks = await checkServer(chdb, scratch, hasCollector ? otelcol : undefined);
    checks.push(...(await checkCrashes(chdb, join(scratch, 'crashes'))));
    checks.push(...(await checkDisk(chdb, join(scratch, 'disk'))));
    reportChecks(checks);
  } finally {
    await removeFolder(scratch);
  }
});

/** Everything that one server can show that does not end. */
async function checkServer(engine: string, scratch: string, otelcol: string | undefined): Promise<Check[]> {
  const data = join(scratch, 'data');
  const program = await startProgram(engine, data);
  try {
    return [
      ...(await checkAnswers(program, data)),
      ...(await checkWriters(program)),
      await checkAbandoned(program),
      ...(await checkCommandLine(engine, program, data)),
      ...(otelcol === undefined ? [] : await checkCollector(otelcol, program, scratch)),
    ];
  } finally {
    await program.end();
  }
}
