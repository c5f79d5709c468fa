import { resolve } from 'node:path';
import { isLoopback } from '../../explorer/server/access.ts';
import { listenNear, urlOf } from '../../explorer/server/listen.ts';
import { visibleLines } from '../../explorer/text/visible.ts';
import { destination } from '../../proxy/destination.ts';
import { HttpProxy } from '../../proxy/http/http-proxy.ts';
import { Introduction } from '../../proxy/introduction.ts';
import { shownUrl } from '../../sdk/config/shown.ts';
import { TelemetryManager } from '../../sdk/telemetry-manager.ts';
import type { CliIo } from '../io.ts';

export interface ProxyOptions {
  readonly target: URL;
  readonly port?: number | undefined;
  readonly host: string;
  readonly name?: string | undefined;
  readonly dir?: string | undefined;
  readonly keepsHost: boolean;
}

const PROXY_PORT = 4320;

/** Passes on what comes in until Ctrl-C or SIGTERM, and exports what is recorded. A second one ends it at once. */
export async function runProxy(options: ProxyOptions, io: CliIo): Promise<void> {
  const { target, host, port, name, dir, keepsHost } = options;
  const say = (text: string): void => {
    io.stderr.write(`mcp-sessionscope: ${visibleLines(text)}\n`);
  };
  const introduction = new Introduction(target.host);
  const manager = new TelemetryManager({
    ...destination(io.env, dir === undefined ? undefined : resolve(dir)),
    serverName: name,
  });
  const isLocal = isLoopback(host);
  const proxy = new HttpProxy({ target, manager, introduction, keepsHost, isLocal, say });
  const stopped = untilStopped(io);
  try {
    const got = await listenNear(proxy.server, host, { port, first: PROXY_PORT });
    say(`listens on ${urlOf(host, got)}${target.pathname}`);
    say(`passes on to ${shownUrl(target.href)}`);
    if (!isLocal) {
      say(
        `${host} can be reached by others: whoever reaches it can use the server, as far as that lets them`,
      );
    }
    await stopped.signal;
  } finally {
    stopped.release();
    introduction.giveUp();
    await manager.shutdown();
    await proxy.close();
  }
}

/** Resolves with the first signal; the next one ends the process as the system does. */
function untilStopped(io: CliIo): { signal: Promise<void>; release: () => void } {
  let release = (): void => {};
  const signal = new Promise<void>((resolve) => {
    release = io.onStopSignal(() => resolve());
  });
  return {
    signal: signal.then(() => release()),
    release: () => release(),
  };
}
