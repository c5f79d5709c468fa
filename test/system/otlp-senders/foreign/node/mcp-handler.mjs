/** mcp-handler, which records by itself; says its address when it listens, and ends with its stdin. */
import { createServer } from 'node:http';
import { createMcpHandler } from 'mcp-handler';
import { setUp } from './telemetry.mjs';
import { offer } from './things.mjs';

const provider = setUp();
const handle = createMcpHandler((server) => void offer(server), {}, { basePath: '' });
const http = createServer(async (request, response) => {
  const { method, url, headers } = request;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = method === 'POST' ? Buffer.concat(chunks) : undefined;
  const answer = await handle(new Request(`http://127.0.0.1${url}`, { method, headers, body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
});
http.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${http.address().port}/mcp`));
process.stdin.resume().on('end', async () => {
  await provider.shutdown();
  process.exit();
});
