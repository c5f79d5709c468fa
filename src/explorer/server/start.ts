import { statSync } from 'node:fs';
import type { Server } from 'node:http';
import type { RetentionLimits } from '../../sdk/export/old-recordings.ts';
import { createReceiver } from '../receiver/receiver.ts';
import { openStore } from '../store/open-store.ts';
import { present } from '../store/present.ts';
import type { SessionStore } from '../store/types.ts';
import { doubleText } from '../text/double.ts';
import type { TextSink } from '../text/text-sink.ts';
import { visibleLines } from '../text/visible.ts';
import { UnavailableError } from '../unavailable-error.ts';
import type { ApiState } from './api.ts';
import { Assets } from './assets.ts';
import { Changes } from './changes.ts';
import { createDemo } from './demo.ts';
import { listenNear, listenOnFirst, urlOf } from './listen.ts';
import { startRetention } from './retention.ts';
import { createRoutes, type Routes } from './routes.ts';
import { createServer, type ServerParts } from './server.ts';

/** What of the process the server touches, besides files and ports. */
export interface UiSurroundings {
  /** Where it says what people should know. */
  readonly stderr: TextSink;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** The folder of the built page. */
  readonly pageDir: string;
}

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
  /** A template: see `traceUrlOf`. */
  readonly traceUrl?: string | undefined;
  /** Of this package. */
  readonly version: string;
}

/** The page's server, running. */
export interface Ui {
  readonly url: string;
  /** Where OTLP is received; absent where it is not. */
  readonly otlpUrl?: string;
  /** Why OTLP is received elsewhere than expected. */
  readonly otlpProblem?: string;
  readonly store: SessionStore;
  close(): Promise<void>;
}

type Otlp = Pick<ApiState, 'otlpUrl' | 'otlpProblem' | 'otlpNeedsToken'>;

interface RunningParts {
  readonly store: SessionStore;
  readonly changes: Changes;
  readonly refresh: () => Promise<void>;
  /** Filled in when it listens. */
  readonly otlp: Otlp;
}

const PAGE_PORT = 4319;
const OTLP_PORT = 4318;

/** @throws {@link UnavailableError} where it cannot listen, or the folder is none */
export async function startUi(options: UiOptions, io: UiSurroundings): Promise<Ui> {
  const { dir, host, token } = options;
  if (isFile(dir)) throw new UnavailableError(`${dir} is a file: name its folder with --dir`);
  const say = (text: string): void => {
    io.stderr.write(`mcp-sessionscope: ${visibleLines(text)}\n`);
  };
  const store = openStore({ dir, lostAfterMs: options.lostAfterMs, now: io.now });
  // Whatever failed is tried again at the store's next look.
  const refresh = (): Promise<void> => store.refresh().catch(() => {});
  store.ready.catch(() => {});
  sayDoubles(store, say);
  const changes = new Changes(store);
  const receiver = options.receives ? createReceiver({ dir, warn: say, onWritten: refresh }) : undefined;
  const retention = startRetention(dir, options.limits, { now: io.now, say });
  const servers: Server[] = [];
  const serve = (parts: Pick<ServerParts, 'routes' | 'otlp'>): Server => {
    const server = createServer({ access: { host, token }, warn: say, ...parts });
    servers.push(server);
    return server;
  };
  const close = async (): Promise<void> => {
    retention.stop();
    changes.close();
    await Promise.all(servers.map(closeServer));
    await receiver?.close();
    await store.close();
  };
  try {
    const otlp: Otlp = {};
    const routes = routesOf({ store, changes, refresh, otlp }, options, io);
    const url = await listenForPage(serve({ routes, otlp: receiver }), options, say);
    const received =
      receiver === undefined ? {} : await listenForOtlp(serve({ otlp: receiver }), url, options, say);
    Object.assign(otlp, received, receiver !== undefined && token !== undefined && { otlpNeedsToken: true });
    await retention.sweep();
    return { url, ...otlp, store, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Says of each other instrumentation once that it records what this package records. */
function sayDoubles(store: SessionStore, say: (text: string) => void): void {
  const said = new Set<string>();
  const look = (): void => {
    for (const sender of store.doubles().keys()) {
      if (said.has(sender)) continue;
      said.add(sender);
      say(doubleText(sender).join('. '));
    }
  };
  store.onChange(look);
  store.ready.then(look, () => {});
}

function routesOf(
  { store, changes, refresh, otlp }: RunningParts,
  { dir, version, traceUrl }: UiOptions,
  { pageDir, now }: UiSurroundings,
): Routes {
  const demo = createDemo({ pageDir, dir, now, onWritten: refresh });
  const about = () => ({ version, dir, ...otlp, ...present({ traceUrl }) });
  return createRoutes({ store, changes, demo, assets: new Assets(pageDir), about, now });
}

async function listenForPage(
  server: Server,
  { host, port }: UiOptions,
  say: (text: string) => void,
): Promise<string> {
  const got = await listenNear(server, host, { port, first: PAGE_PORT });
  if (port === undefined && got !== PAGE_PORT) say(`port ${PAGE_PORT} is in use: the page is at ${got}`);
  return urlOf(host, got);
}

/** Without a port of its own, the page's takes OTLP too. */
async function listenForOtlp(
  server: Server,
  pageUrl: string,
  { host, otlpPort }: UiOptions,
  say: (text: string) => void,
): Promise<Otlp> {
  const port = await listenOnFirst(server, host, [otlpPort ?? OTLP_PORT]);
  if (port !== undefined) return { otlpUrl: urlOf(host, port) };
  if (otlpPort !== undefined) {
    throw new UnavailableError(`port ${otlpPort} is in use: give another one with --otlp-port, or --no-otlp`);
  }
  const problem = `port ${OTLP_PORT} is in use, by a collector perhaps: OTLP is received at ${pageUrl} instead`;
  say(problem);
  return { otlpUrl: pageUrl, otlpProblem: problem };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
