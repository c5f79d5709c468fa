/**
 * Runs one subject in one mode: `node --expose-gc calls.mjs '<job as JSON>'`. Says `ready`, measures some calls each
 * time that the parent says `call`, and their export when it says `flush`, and exits when it says `end`. Client and
 * server are in this process, the collector is in another.
 */
import http from 'node:http';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';

/** Calls at once when flat out; then the event loop gets its turn, as it would from a network. */
const BURST = 32;
/** Milliseconds between two looks at what is due, when paced. */
const TICK_MS = 5;
/** Milliseconds between two looks at what was delivered: each costs a request. */
const LOOK_MS = 250;
/** Milliseconds without progress after which what is missing counts as lost. */
const STALLED_MS = 3_000;

const job = JSON.parse(process.argv[2]);
const sdk = await import(`./sdk-${job.sdk}.mjs`);
const { start } = await import(`./subjects/${job.subject}.mjs`);
const serverInfo = { name: 'bench-server', version: '1.0.0' };
let called = 0;

const subject = await start({ ...job, sdk, serverInfo, untilDelivered });
const server = new sdk.McpServer(serverInfo);
subject.prepare(server);
subject.register(server, {
  name: 'echo',
  config: { description: 'Says it again', inputSchema: sdk.inputSchema },
  handler: async ({ text }) => ({ content: [{ type: 'text', text }] }),
});
const client = await connect(server);
const callTool = subject.callTool?.(client) ?? ((params) => client.callTool(params));

const run = job.mode === 'paced' ? runPaced : runFlatOut;
await runFlatOut(job.warmUpCalls);
await subject.flush();
globalThis.gc();
let cpuBefore = process.cpuUsage();
process.on('message', async (question) => {
  if (question === 'end') end();
  else process.send(await measured(question === 'call' ? () => run(job.calls) : subject.flush));
});
process.on('disconnect', () => process.exit(1));
process.send('ready');

/** What `work` costs, with all that was done since the work before. */
async function measured(work) {
  const wallMs = (await work()) ?? 0;
  const { user, system } = process.cpuUsage(cpuBefore);
  cpuBefore = process.cpuUsage();
  return { cpuMicros: user + system, wallMicros: wallMs * 1000 };
}

function end() {
  process.send({ called, rssBytes: process.memoryUsage().rss });
  process.exit(0);
}

async function connect(to) {
  const connected = new sdk.Client({ name: 'bench-client', version: '1.0.0' });
  const [near, far] = sdk.InMemoryTransport.createLinkedPair();
  await to.connect(far);
  subject.prepareClient?.(connected);
  await connected.connect(near);
  return connected;
}

async function call() {
  called += 1;
  const result = await callTool({ name: 'echo', arguments: { text: 'as it was' } });
  if (result.content[0].text !== 'as it was') throw new Error(`wrong answer: ${JSON.stringify(result)}`);
}

/** As fast as it goes. Returns the milliseconds that passed. */
async function runFlatOut(calls) {
  const startedAt = performance.now();
  for (let done = 0; done < calls; done += BURST) {
    await Promise.all(Array.from({ length: Math.min(BURST, calls - done) }, call));
    await nextTurn();
  }
  return performance.now() - startedAt;
}

/** So many a second. Returns the sum of what each call took, in milliseconds. */
async function runPaced(calls) {
  const startedAt = performance.now();
  const running = [];
  let sum = 0;
  const timed = async () => {
    const calledAt = performance.now();
    await call();
    sum += performance.now() - calledAt;
  };
  while (running.length < calls) {
    const due = ((performance.now() - startedAt) * job.ratePerSecond) / 1000;
    while (running.length < Math.min(due, calls)) running.push(timed());
    await delay(TICK_MS);
  }
  await Promise.all(running);
  return sum;
}

/** For subjects that cannot be told to flush: waits until the collector has a span of every call, or gets no more. */
async function untilDelivered() {
  let newest = -1;
  let since = performance.now();
  while (performance.now() - since < STALLED_MS) {
    const delivered = await deliveredCalls();
    if (delivered >= called) return;
    if (delivered > newest) {
      newest = delivered;
      since = performance.now();
    }
    await delay(LOOK_MS);
  }
}

function deliveredCalls() {
  return new Promise((resolve, reject) => {
    http
      .get(`${job.endpoint}/counts`, (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(JSON.parse(body).callSpans));
      })
      .on('error', reject);
  });
}
