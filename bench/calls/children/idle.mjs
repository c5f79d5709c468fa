/**
 * Opens idle client sessions and tells the parent how many bytes of heap each takes:
 * `node --expose-gc idle.mjs '<job as JSON>'`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { InMemoryTransport, inputSchema, McpServer } from './sdk-v1.mjs';

const { kind, instrumented, sessions, ours, endpoint } = JSON.parse(process.argv[2]);
const telemetry = instrumented ? await createManager() : undefined;
const open = kind === 'connection' ? openConnection : sendStateless;
/** Servers and clients are held, as a server that is in use holds them. */
const held = [];

// What is made once, with the first sessions, is not what a session costs.
for (let number = 0; number < 200; number += 1) await open(number);
const before = await heapUsed();
for (let number = 200; number < 200 + sessions; number += 1) await open(number);
const after = await heapUsed();
process.send({
  bytesPerSession: (after - before) / sessions,
  active: telemetry?.activeSessions().length,
  held: held.length,
});
process.disconnect();
process.exit(0);

async function createManager() {
  const { TelemetryManager } = await import(ours);
  return new TelemetryManager({ exporterEndpoint: endpoint, shutdownTimeoutMs: 60_000 });
}

/** The heap in bytes, with nothing waiting to be exported. */
async function heapUsed() {
  await telemetry?.forceFlush();
  for (let pass = 0; pass < 4; pass += 1) {
    await delay(50);
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

function createServer() {
  const server = new McpServer({ name: 'idle-server', version: '1.0.0' });
  server.registerTool('echo', { description: 'Says it again', inputSchema }, async ({ text }) => ({
    content: [{ type: 'text', text }],
  }));
  telemetry?.instrument(server);
  return server;
}

/** A server of its own for the session, a client that has initialized and is silent since. */
async function openConnection(number) {
  const server = createServer();
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  await new Promise((resolve) => {
    near.onmessage = resolve;
    void near.send(initialize(number));
  });
  near.onmessage = undefined;
  await near.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  held.push([server, near]);
}

/** A server for one request, gone with it; the session is found by the client's user agent. */
async function sendStateless(number) {
  const server = createServer();
  const answered = Promise.withResolvers?.() ?? withResolvers();
  const transport = {
    async start() {},
    async send() {
      answered.resolve();
    },
    async close() {
      transport.onclose?.();
    },
    // By this method it is known as a transport of HTTP.
    handleRequest() {},
  };
  await server.connect(transport);
  transport.onmessage(initialize(number), { requestInfo: { headers: { 'user-agent': `client/${number}` } } });
  await answered.promise;
  await server.close();
}

function initialize(number) {
  return {
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: `client ${number % 10}`, version: '1.0.0' },
    },
  };
}

function withResolvers() {
  const deferred = {};
  deferred.promise = new Promise((resolve) => {
    deferred.resolve = resolve;
  });
  return deferred;
}
