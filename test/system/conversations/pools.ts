import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endChild, untilListening } from '../../../tools/support/server-child.ts';
import { type Balancer, type Forwards, startBalancer } from './balancer.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SHUTDOWN_MS = 8_000;
const UPDATE_MS = 1_000;
/** Of 32 random bytes, as the documentation says to make one. */
const SECRET = 'Zq0u7yq3n1mO1h8fJb0l6wq2cX5vR9tK4dE8gS3aUoM';

interface PoolSpec {
  script: string;
  /** Whether its replicas share the secret. */
  hasSecret: boolean;
  forwards: Forwards;
}

/** Replicas of one server behind a proxy, by the name of their service. */
export const POOLS = {
  stateful: { script: 'stateful', hasSecret: true, forwards: 'x-forwarded-for' },
  stateless: { script: 'stateless', hasSecret: true, forwards: 'forwarded' },
  'stateless-no-secret': { script: 'stateless', hasSecret: false, forwards: 'x-forwarded-for' },
} as const satisfies Record<string, PoolSpec>;

export type PoolName = keyof typeof POOLS;

const REPLICAS = 3;

/** All replicas and their proxies. */
export class Pools {
  readonly #children = new Set<ChildProcess>();
  readonly #balancers = new Map<PoolName, Balancer>();

  /** @param otlpUrl - where the replicas send their telemetry */
  async start(otlpUrl: string): Promise<void> {
    await Promise.all(
      (Object.keys(POOLS) as PoolName[]).map(async (name) => {
        const replicas = await Promise.all(
          Array.from({ length: REPLICAS }, () => this.#startReplica(name, otlpUrl)),
        );
        this.#balancers.set(name, await startBalancer(replicas, POOLS[name].forwards));
      }),
    );
  }

  urlOf(name: PoolName): URL {
    const balancer = this.#balancers.get(name);
    if (balancer === undefined) throw new Error(`${name} does not run`);
    return balancer.url;
  }

  /** SIGTERM for every replica, which sends what it has and goes; then the proxies. */
  async stop(): Promise<void> {
    await Promise.all([...this.#children].map((child) => endChild(child, SHUTDOWN_MS)));
    await Promise.all([...this.#balancers.values()].map((balancer) => balancer.close()));
    this.#balancers.clear();
  }

  /** Now, and without waiting. */
  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  async #startReplica(name: PoolName, otlpUrl: string): Promise<URL> {
    const { script, hasSecret } = POOLS[name];
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', `test/system/conversations/servers/${script}.ts`],
      {
        cwd: ROOT,
        env: {
          ...withoutTelemetrySettings(),
          OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
          REPLICA_SERVICE: name,
          REPLICA_UPDATE_MS: String(UPDATE_MS),
          ...(hasSecret && { MCP_SESSIONSCOPE_SESSION_SECRET: SECRET }),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
        // Ctrl-C reaches the check only, which then ends its servers in order.
        detached: true,
      },
    );
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return untilListening(child, name);
  }
}

/** What this shell is set to must not change what is checked. */
function withoutTelemetrySettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|MCP)_/.test(name)));
}
