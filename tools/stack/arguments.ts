import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { portsAt } from './ports.ts';
import { BACKENDS, type ServiceName, TRAFFIC } from './services.ts';

export const HELP = `Usage: npm run stack -- up | down | status [options]

Runs the Collector, ClickHouse, Prometheus and Jaeger on this machine, without Docker, all on 127.0.0.1.

  up      installs what is missing (npm run stack:install), starts everything, waits until it is ready, and keeps it
          until Ctrl-C
  down    ends a stack that was started
  status  shows what runs and whether it is well; exits with 1 if something is not

Options:
  --detach           up: leave it running; end it with: npm run stack -- down
  --traffic          up: also run an example server and clients that use it
  --without NAME     up: leave a service out (clickhouse, jaeger or prometheus); may be given more than once
  --port-offset N    add N to every port; down and status: the offset with which the stack was started
  --data DIR         keep data and the list of processes here (default: a folder in the cache)
  --logs DIR         up: write logs here (default: logs in the data folder)
  -h, --help         print this help
`;

export interface Arguments {
  command: 'up' | 'down' | 'status';
  detach: boolean;
  services: ServiceName[];
  portOffset: number;
  dataDir: string;
  logsDir: string;
  /** The options, if any, by which `down` and `status` find this stack. */
  which: string;
}

/** The user's mistake, told with how to call it. */
export class UsageError extends Error {}

const COMMANDS = ['up', 'down', 'status'] as const;
const OPTIONAL = ['clickhouse', 'jaeger', 'prometheus'];

/**
 * Reads the command line.
 *
 * @param cache - the folder under which data is kept by default
 * @returns undefined where help is asked for
 */
export function readArguments(args: string[], cache: string): Arguments | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [command, ...rest] = positionals;
  if (!isCommand(command) || rest.length > 0) {
    throw new UsageError(`one of ${COMMANDS.join(', ')} is needed, not "${positionals.join(' ')}"`);
  }
  const portOffset = offsetOf(values['port-offset']);
  // A stack beside another keeps its data beside it.
  const name = portOffset === 0 ? 'run' : `run-${portOffset}`;
  const dataDir = resolve(values.data ?? `${cache}/${name}`);
  return {
    command,
    detach: values.detach === true,
    services: servicesOf(values.without ?? [], values.traffic === true),
    portOffset,
    dataDir,
    logsDir: resolve(values.logs ?? `${dataDir}/logs`),
    which: `${portOffset === 0 ? '' : ` --port-offset ${portOffset}`}${values.data === undefined ? '' : ` --data ${dataDir}`}`,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        detach: { type: 'boolean' },
        traffic: { type: 'boolean' },
        without: { type: 'string', multiple: true },
        'port-offset': { type: 'string' },
        data: { type: 'string' },
        logs: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isCommand(text: string | undefined): text is Arguments['command'] {
  return (COMMANDS as readonly (string | undefined)[]).includes(text);
}

function offsetOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const offset = Number(text);
  if (!Number.isInteger(offset)) throw new UsageError(`--port-offset takes a whole number, not "${text}"`);
  try {
    portsAt(offset);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return offset;
}

function servicesOf(without: string[], isTraffic: boolean): ServiceName[] {
  const unknown = without.find((name) => !OPTIONAL.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--without takes one of ${OPTIONAL.join(', ')}, not "${unknown}"`);
  }
  const backends = BACKENDS.filter((name) => !without.includes(name));
  if (!backends.includes('clickhouse') && !backends.includes('jaeger')) {
    throw new UsageError('--without leaves no place for traces: keep clickhouse or jaeger');
  }
  return isTraffic ? [...backends, ...TRAFFIC] : backends;
}
