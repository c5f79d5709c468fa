/**
 * The load of the soak, in a process of its own: real clients call real servers over in-memory transports, all observed
 * by one manager of the built package. Tells its parent how far it is, and waits where the parent has something to do.
 */
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TelemetryManager } from 'mcp-sessionscope';
import { z } from 'zod';

const { endpoint, calls, sessions, kept } = JSON.parse(process.argv[2]);
const callsPerSession = calls / sessions;
const telemetry = new TelemetryManager({
  serverName: 'soak',
  exporterEndpoint: endpoint,
  // Updates would come by the clock, and the number of spans is to be known.
  sessionUpdateIntervalMs: 2 ** 31 - 1,
  shutdownTimeoutMs: 10_000,
});
/** Closed servers that were not collected yet. A WeakRef would keep what it is asked for until the end of the job. */
let left = 0;
const collected = new FinalizationRegistry(() => {
  left -= 1;
});
let done = 0;
let failed = 0;

async function open(name) {
  const server = new McpServer({ name: 'soak', version: '1.0.0' });
  server.registerTool('add', { inputSchema: { a: z.number(), b: z.number() } }, async ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }));
  telemetry.instrument(server);
  const [clientSide, serverSide] = InMemoryTransport.createLinkedPair();
  await server.connect(serverSide);
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(clientSide);
  return { client, server };
}

async function call({ client }, count) {
  for (let i = 0; i < count; i += 1) {
    try {
      const { content, isError } = await client.callTool({ name: 'add', arguments: { a: done, b: 1 } });
      if (isError || content[0].text !== String(done + 1)) failed += 1;
    } catch {
      failed += 1;
    }
    done += 1;
    // In-memory transports never wait; a network would give exports their turn.
    if (done % 50 === 0) await setImmediate();
    if (done % REPORT_EVERY === 0) await report();
  }
}

const REPORT_EVERY = calls / 50;

/** The heap after a collection, and a turn of the event loop, in which exports go on. */
async function report() {
  await setImmediate();
  globalThis.gc();
  process.send({ kind: 'progress', done, failed, heap: process.memoryUsage().heapUsed });
  await once(process, 'message');
}

/** Opens, uses and closes a session in a frame of its own, so that nothing here keeps it. */
async function passingSession(name) {
  const session = await open(name);
  await call(session, callsPerSession);
  collected.register(session.server);
  left += 1;
  await session.client.close();
}

async function alive() {
  for (let i = 0; i < 10; i += 1) {
    await setImmediate();
    globalThis.gc();
  }
  await setImmediate();
  return left;
}

const staying = [];
for (let i = 0; i < kept; i += 1) staying.push(await open(`staying-${i % 50}`));
const passing = sessions - kept;
for (let i = 0; i < passing; i += 1) {
  await passingSession(`passing-${i % 50}`);
  // The calls of the staying sessions are spread over the whole run.
  const from = Math.floor((i * kept) / passing);
  const to = Math.floor(((i + 1) * kept) / passing);
  for (let k = from; k < to; k += 1) await call(staying[k], callsPerSession);
}
await telemetry.forceFlush();
process.send({ kind: 'done', done, failed, alive: await alive(), active: telemetry.activeSessions().length });
await once(process, 'message');
await telemetry.shutdown();
process.send({ kind: 'shutdown' });
process.disconnect();
