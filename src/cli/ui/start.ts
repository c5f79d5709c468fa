import { statSync } from 'node:fs';
import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { CliError, type CliIo } from '../io.ts';
import { createReceiver, type Receiver } from '../receiver/receiver.ts';
import { openStore } from '../store/open-store.ts';
import type { SessionStore } from '../store/types.ts';
import { visibleLines } from '../terminal/visible.ts';
import type { AccessRules } from './access.ts';
import type { ApiState } from './api.ts';
import { Assets } from './assets.ts';
import { Changes } from './changes.ts';
import { createDemo } from './demo.ts';
import { listenOnFirst } from './listen.ts';
import { type RetentionLimits, startRetention } from './retention.ts';
import { createRoutes } from './routes.ts';
import { createServer } from './server.ts';

export interface UiOptions {
  /** Folder of the recording. */
  readonly dir: string;
  /** Default: 4319, or the next one that is free. */
  readonly port?: number | undefined;
  /** Default: 4318, where it is free. */
  readonly otlpPort?: number | undefined;
  readonly receives: boolean;
  readonly host: string;
  readonly token?: string | undefined;
  readonly limits: RetentionLimits;
  readonly lostAfterMs: number;
  /** Of this package. */
  readonly version: string;
}

/** The page's server, running. */
export interface Ui {
  readonly url: string;
  /** Where OTLP is received; `undefined` where it is not. */
  readonly otlpUrl: string | undefined;
  /** Why OTLP is not received where it is expected. */
  readonly otlpProblem: string | undefined;
  readonly store: SessionStore;
  close(): Promise<void>;
}

interface Otlp {
  readonly server?: Server;
  readonly url?: string;
  readonly problem?: string;
}

const PAGE_PORT = 4319;
const MORE_PORTS = 10;
const OTLP_PORT = 4318;

/** @throws {@link CliError} where it cannot listen, or the folder is none */
export async function startUi(
  options: UiOptions,
  io: Pick<CliIo, 'stderr' | 'now' | 'pageDir'>,
): Promise<Ui> {
  const { dir, host, version } = options;
  if (isFile(dir)) throw new CliError(`${dir} is a file: name its folder with --dir`, 1);
  const say = (text: string): void => {
    io.stderr.write(`mcp-sessionscope: ${visibleLines(text)}\n`);
  };
  const access: AccessRules = { host, token: options.token };
  const store = openStore({ dir, lostAfterMs: options.lostAfterMs, now: io.now });
  const changes = new Changes(store);
  const receiver = options.receives ? receiverOf(dir, store, say) : undefined;
  let otlp: Otlp = {};
  const demo = createDemo({ pageDir: io.pageDir, dir, now: io.now, onWritten: () => store.refresh() });
  const about = (): Pick<ApiState, 'version' | 'dir' | 'otlpUrl' | 'otlpProblem'> => ({
    version,
    dir,
    ...(otlp.url !== undefined && { otlpUrl: otlp.url }),
    ...(otlp.problem !== undefined && { otlpProblem: otlp.problem }),
  });
  const routes = createRoutes({ store, changes, demo, assets: new Assets(io.pageDir), about, now: io.now });
  const server = createServer({ access, routes, otlp: receiver, warn: say });
  const retention = startRetention(dir, options.limits, { now: io.now, say });
  const close = async (): Promise<void> => {
    retention.stop();
    changes.close();
    await Promise.all([server, otlp.server].map(closeServer));
    await receiver?.close();
    await store.close();
  };
  try {
    const url = await listenForPage(server, options, say);
    if (receiver !== undefined) otlp = await listenForOtlp(receiver, url, options, access, say);
    await retention.sweep();
    return { url, otlpUrl: otlp.url, otlpProblem: otlp.problem, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function receiverOf(dir: string, store: SessionStore, warn: (text: string) => void): Receiver {
  return createReceiver({ dir, warn, onWritten: () => void store.refresh() });
}

async function listenForPage(
  server: Server,
  { host, port }: UiOptions,
  say: (text: string) => void,
): Promise<string> {
  const ports = port === undefined ? Array.from({ length: MORE_PORTS + 1 }, (_, i) => PAGE_PORT + i) : [port];
  const got = await listenOnFirst(server, host, ports);
  if (got === undefined) {
    const which = ports.length === 1 ? `port ${port} is` : `the ports ${ports[0]} to ${ports.at(-1)} are`;
    throw new CliError(`${which} in use: give another one with --port, or --port 0 for any`, 1);
  }
  if (port === undefined && got !== PAGE_PORT) say(`port ${PAGE_PORT} is in use: the page is at ${got}`);
  return urlOf(host, got);
}

/** Without a port of its own, the page's takes OTLP too. */
async function listenForOtlp(
  receiver: Receiver,
  pageUrl: string,
  { host, otlpPort }: UiOptions,
  access: AccessRules,
  say: (text: string) => void,
): Promise<Otlp> {
  const server = createServer({ access, otlp: receiver, warn: say });
  const port = await listenOnFirst(server, host, [otlpPort ?? OTLP_PORT]);
  if (port !== undefined) return { server, url: urlOf(host, port) };
  if (otlpPort !== undefined) {
    throw new CliError(`port ${otlpPort} is in use: give another one with --otlp-port, or --no-otlp`, 1);
  }
  const problem = `port ${OTLP_PORT} is in use, by a collector perhaps: OTLP is received at ${pageUrl} instead`;
  say(problem);
  return { url: pageUrl, problem };
}

function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : isIPv6(host) ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

async function closeServer(server: Server | undefined): Promise<void> {
  if (server?.listening !== true) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
