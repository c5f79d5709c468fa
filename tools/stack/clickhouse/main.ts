/** ClickHouse's HTTP protocol in front of ClickHouse's engine, for the native stack. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onStopSignals } from '../../support/stop-signals.ts';
import { type Engine, openEngine } from './engine.ts';
import { runScript } from './execute.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';
import { type ClickHouseServer, createClickHouseServer } from './server.ts';

/** How long queries may go on when the program is to stop; whoever stops the stack waits for 20 s. */
const FINISH_MS = 10_000;
/** How long clients then have to hear that their queries were ended. */
const HEAR_MS = 2000;

const log = (line: string): void => console.error(`${new Date().toISOString()} ${line}`);

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  // Read first: a wrong path is no reason to open the data.
  const schema = options.schema === undefined ? '' : await readFile(options.schema, 'utf8');
  const engine = openEngine(options.engine, join(options.data, 'database'));
  const server = await start(engine, schema, options).catch(async (error) => {
    await engine.close();
    throw error;
  });
  onStopSignals('once', (code) => {
    log('stopping');
    void stop(engine, server).then(() => {
      log('stopped');
      process.exit(code);
    });
  });
}

async function start(engine: Engine, schema: string, options: Options): Promise<ClickHouseServer> {
  await runScript(engine, schema).catch((error: Error) => {
    throw new Error(`${options.schema}: ${error.message}`);
  });
  const incomingFolder = join(options.data, 'incoming');
  const server = await createClickHouseServer({ engine, incomingFolder, log });
  const port = await server.listen(options.port).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new Error(portTaken(options.port)) : error;
  });
  log(`data in ${options.data}, listening on http://127.0.0.1:${port}`);
  return server;
}

/** Answers what is under way, and ends what takes too long. */
async function stop(engine: Engine, server: ClickHouseServer): Promise<void> {
  const timers = [
    setTimeout(() => {
      log(`ending what still runs after ${FINISH_MS / 1000} s`);
      const connection = engine.connect();
      void connection.run('KILL QUERY WHERE 1 ASYNC').catch(log).finally(connection.close);
    }, FINISH_MS),
    // A request that never arrives whole keeps its connection as long as its client likes.
    setTimeout(server.cut, FINISH_MS + HEAR_MS),
  ];
  await server.close();
  timers.forEach(clearTimeout);
  await engine.close();
}

function portTaken(port: number): string {
  return `another program listens on 127.0.0.1:${port}: stop it, or choose another --port`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof UsageError) console.error('--help tells how to call it');
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
