import { mkdirSync, writeFileSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { startUi, type Ui, type UiOptions } from '../../../src/explorer/server/start.ts';
import { NOW, otlpLine, requestSpan, sessionSpan, withRecording } from '../support.ts';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  /** As it came, inflated. */
  body: string;
  /** `undefined` where it is no JSON. */
  json: any;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A running page server on a folder, with real files, store and receiver. */
export interface TestUi {
  ui: Ui;
  dir: string;
  pageDir: string;
  said: string[];
  /** Asks the page's port. */
  ask(path: string, options?: AskOptions): Promise<Reply>;
}

/** Two sessions: `s`, which ended and had a failure and a retry, and `hostile`, which is active. */
export const RECORDED = [
  otlpLine([
    sessionSpan('start', 0, 0, { 'mcp.client.name': 'inspector', 'mcp.client.version': '1.2' }),
    requestSpan(10, { 'mcp.method.name': 'initialize' }, { name: 'initialize', lasts: 5 }),
    requestSpan(
      20,
      { 'mcp.method.name': 'tools/list', 'mcp.tools.names': 'create_payment, refund' },
      { name: 'tools/list', lasts: 3 },
    ),
    requestSpan(
      1_000,
      {
        'gen_ai.tool.name': 'create_payment',
        'gen_ai.tool.call.arguments': '{"amount":12345678901234567890}',
        'error.type': 'tool_error',
      },
      { name: 'tools/call create_payment', lasts: 250, status: { code: 2, message: 'card | declined' } },
    ),
    requestSpan(
      3_000,
      { 'gen_ai.tool.name': 'create_payment', 'gen_ai.tool.call.result': '{"ok":true}' },
      { name: 'tools/call create_payment', lasts: 200 },
    ),
    sessionSpan('end', 1, 5_000, {
      'mcp.client.session.calls': 4,
      'mcp.client.session.errors': 1,
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.name': 'inspector',
      'mcp.client.version': '1.2',
    }),
  ]),
];

/** Starts it on free ports, calls the function and closes it. */
export async function withUi(
  run: (parts: TestUi) => Promise<void>,
  { files = { 'a.traces.jsonl': RECORDED }, now = () => NOW, ...options }: UiTestOptions = {},
): Promise<void> {
  await withRecording(files, async (dir) => {
    const pageDir = join(dir, 'dist/page');
    mkdirSync(pageDir, { recursive: true });
    writeFileSync(join(pageDir, 'index.html'), '<!doctype html><title>page</title>');
    writeFileSync(join(pageDir, 'page.js'), `// ${'long '.repeat(1_000)}\n`);
    writeFileSync(join(pageDir, 'page.css'), 'body { margin: 0 }');
    const said: string[] = [];
    const io = { stderr: { write: (text: string) => said.push(text) }, now, pageDir };
    const ui = await startUi({ ...DEFAULTS, dir, ...options }, io);
    try {
      await ui.store.ready;
      await run({ ui, dir, pageDir, said, ask: (path, asked) => ask(`${ui.url}${path}`, asked) });
    } finally {
      await ui.close();
    }
  });
}

export type UiTestOptions = Partial<UiOptions> & {
  files?: Record<string, string | readonly string[]>;
  now?: () => number;
};

export const DEFAULTS: UiOptions = {
  dir: '',
  port: 0,
  otlpPort: 0,
  receives: true,
  host: '127.0.0.1',
  limits: {},
  lostAfterMs: 60 * 60_000,
  version: '1.2.3',
};

/** One request, with whatever headers: `fetch` would not let a test set them all. */
export function ask(url: string, { method = 'GET', headers = {}, body }: AskOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isGzip = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
        const text = (isGzip ? gunzipSync(bytes) : bytes).toString('utf8');
        resolve({
          status: response.statusCode as number,
          headers: response.headers,
          body: text,
          json: parsed(text),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
