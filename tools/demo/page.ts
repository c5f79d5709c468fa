import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiSessions, ApiState } from '../../src/explorer/server/api.ts';
import { startUiProcess, type UiProcess } from '../support/ui-process.ts';

const ASK_AGAIN_MS = 100;
const ANSWER_MS = 10_000;

/**
 * Starts the built `mcp-sessionscope ui` on a folder, receiving on whatever port is free.
 *
 * @param port - default: the command's own
 */
export function startPage(dir: string, port?: number): Promise<UiProcess> {
  const args = ['--dir', dir, '--otlp-port', '0'];
  return startUiProcess(port === undefined ? args : [...args, '--port', String(port)]);
}

/**
 * Asks the page as a browser would: for itself, its script, and, when it has read the folder, the sessions.
 *
 * @returns the number of bytes of its script, and the ids of the sessions
 */
export async function askPage(url: URL): Promise<{ scriptBytes: number; ids: string[] }> {
  const html = await textOf(url);
  const script = /<script[^>]* src="([^"]+)"/.exec(html)?.[1];
  if (script === undefined) throw new Error(`${url} is no page with a script: ${html.slice(0, 200)}`);
  const scriptBytes = (await textOf(new URL(script, url))).length;
  const deadline = Date.now() + ANSWER_MS;
  for (;;) {
    const { indexing } = JSON.parse(await textOf(new URL('/api/state', url))) as ApiState;
    if (indexing === undefined) break;
    if (Date.now() > deadline) throw new Error(`${url} is still reading the recording`);
    await sleep(ASK_AGAIN_MS);
  }
  const { rows } = JSON.parse(await textOf(new URL('/api/sessions', url))) as ApiSessions;
  return { scriptBytes, ids: rows.map(({ id }) => id) };
}

async function textOf(url: URL): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
