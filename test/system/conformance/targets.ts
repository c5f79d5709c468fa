import { fileURLToPath } from 'node:url';
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { FRAMEWORK_2025, FRAMEWORK_2026, type Framework, type Suite } from './framework.ts';
import { type Handle, type Host, startHost, statefulHandler } from './servers/host.ts';
import { createV1Server } from './servers/v1-server.ts';
import { createV2Server, type ListChanges } from './servers/v2-server.ts';

/** Observes a server, or leaves it as it is. */
export type Instrument = (server: object) => void;

/** A server that the conformance framework is run against, and with what. */
export interface Target {
  name: string;
  suites: Suite[];
  start(instrument: Instrument): Promise<Host>;
}

/** A client that the framework serves. */
export interface ClientTarget {
  name: string;
  framework: Framework;
  scenarios: string[];
  /** The command that starts it, observed where `receiver` is the URL of a receiver, and else `bare`. */
  command(receiver: string): string;
}

const CLIENT = fileURLToPath(new URL('clients/client.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

export const clients: ClientTarget[] = ['v1', 'v2'].map((sdk) => ({
  name: `${sdk} client`,
  framework: FRAMEWORK_2025,
  scenarios: ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry'],
  command: (receiver) => `${process.execPath} --import ${TSX} ${CLIENT} ${sdk} ${receiver}`,
}));

const suite2025: Suite = { framework: FRAMEWORK_2025, args: ['--suite', 'all'] };
const suite2026: Suite = {
  framework: FRAMEWORK_2026,
  args: ['--suite', 'all', '--spec-version', '2026-07-28'],
};

export const targets: Target[] = [
  {
    name: 'server-everything',
    suites: [suite2025],
    start: async (instrument) => {
      const { createServer } = await loadEverything();
      return startHost(
        statefulHandler(async (options) => {
          const { server } = createServer();
          instrument(server);
          const transport = new StreamableHTTPServerTransport(options);
          await server.connect(transport);
          return transport;
        }),
      );
    },
  },
  {
    name: 'v1 features',
    suites: [suite2025],
    start: (instrument) =>
      startHost(
        guarded(
          statefulHandler(async (options) => {
            const server = createV1Server();
            instrument(server);
            const transport = new StreamableHTTPServerTransport(options);
            await server.connect(transport);
            return transport;
          }),
        ),
      ),
  },
  {
    name: 'v2 features, sessions',
    suites: [suite2025, suite2026],
    start: (instrument) => startHost(guarded(v2WithSessions(instrument))),
  },
  {
    name: 'v2 features, stateless',
    suites: [suite2025, suite2026],
    start: (instrument) => startHost(guarded(v2Stateless(instrument))),
  },
];

/** `createMcpHandler` alone: the 2026 protocol, and the 2025 one without sessions. */
function v2Stateless(instrument: Instrument): Handle {
  const handler = createMcpHandler(() => {
    const server = createV2Server(changes);
    instrument(server);
    return server;
  });
  const changes: ListChanges = handler.notify;
  const serve = toNodeHandler(handler);
  return (request, response, body) => serve(request as any, response, body);
}

/** `createMcpHandler` for the 2026 protocol, a server per session for the 2025 one. */
function v2WithSessions(instrument: Instrument): Handle {
  const handler = createMcpHandler(
    () => {
      const server = createV2Server(changes);
      instrument(server);
      return server;
    },
    { legacy: 'reject' },
  );
  const changes: ListChanges = handler.notify;
  const modern = toNodeHandler(handler);
  const legacy = statefulHandler(async (options) => {
    const server = createV2Server(changes);
    instrument(server);
    const transport = new NodeStreamableHTTPServerTransport(options);
    await server.connect(transport);
    return transport;
  });
  return async (request, response, body) => {
    const probe = await toWebRequest(request as any, body);
    await ((await isLegacyRequest(probe, body))
      ? legacy(request, response, body)
      : modern(request as any, response, body));
  };
}

/** Turns away requests that a web page of another site could have made. */
function guarded(handle: Handle): Handle {
  const validHost = localhostHostValidation();
  const validOrigin = localhostOriginValidation();
  return async (request, response, body) => {
    if (validHost(request, response) && validOrigin(request, response)) await handle(request, response, body);
  };
}

async function loadEverything(): Promise<{ createServer(): { server: any } }> {
  // The package exports no entry; its program imports this module too.
  const specifier = '@modelcontextprotocol/server-everything/dist/server/index.js';
  return (await import(specifier)) as { createServer(): { server: any } };
}
