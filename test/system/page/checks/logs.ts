import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageCheck } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { otlpOf } from '../spans.ts';
import { rowsOf } from '../views.ts';
import { isAsWideAsItsWindow, isHarmless, nothingRan, openWatched } from './hostile.ts';

const HOSTILE = '<img src=x onerror="globalThis.executed = true">\u001b[31m\u202egnp.exe\u0000';
const COUNT = 120;

export const LOGS: readonly PageCheck[] = [
  {
    name: 'log lines come beneath their event, with their attributes on demand, hostile text as text',
    async run(stage) {
      const dir = await stage.tempDir();
      const recorded = oneCall(Date.now() - 5_000);
      await writeFile(join(dir, 'a.traces.jsonl'), `${JSON.stringify(recorded)}\n`);
      const ui = await stage.startUi(dir, { receives: true });
      const page = await openWatched(stage, ui.url);
      await eventually(async () => equal((await rowsOf(page)).length, 1, 'rows'));
      await page.locator('[role=row][aria-level="1"] [role=gridcell]').nth(3).click();
      const call = page.locator('tr.event', { hasText: 'tools/call pay' });
      await call.waitFor();
      equal(await call.locator('.logs').count(), 0, 'lines before any came');
      await send(`${ui.otlpUrl}/v1/logs`, linesWithin(recorded));
      const summary = call.locator('.logs > summary');
      await eventuallyEqual(
        () => summary.innerText(),
        `${COUNT} log lines 1 error`,
        'what is told of the lines',
      );
      await summary.click();
      const lines = call.locator('.log-line');
      await eventuallyEqual(() => lines.count(), 100, 'lines at first');
      await call.getByRole('button', { name: `Show more of ${COUNT}` }).click();
      await eventuallyEqual(() => lines.count(), COUNT, 'lines in all');
      const first = lines.first();
      ok((await first.innerText()).includes('<img src=x'), `first line: ${await first.innerText()}`);
      equal(await first.locator('.log-severity').innerText(), 'ERROR', 'severity');
      await first.locator('.payload > summary').click();
      await eventually(async () =>
        ok((await first.locator('pre').innerText()).includes('"amount"'), 'attributes'),
      );
      for (const text of await lines.allInnerTexts()) isHarmless(text.replaceAll('\n', ' '));
      await isAsWideAsItsWindow(page, 'the lines');
      await nothingRan(stage, page);
      return `${await lines.count()} lines`;
    },
  },
];

function oneCall(startMs: number): object {
  const requests = [{ method: 'tools/call', tool: 'pay', atMs: 100, latencyMs: 2_000 }];
  return otlpOf({ id: 'logging', client: 'agent', startMs, requests, endAfterMs: 3_000 });
}

/** Within the span of the call. */
function linesWithin(recorded: any): object {
  const [{ resource, scopeSpans }] = recorded.resourceSpans;
  const { traceId, spanId, startTimeUnixNano } = scopeSpans[0].spans[1];
  const logRecords = Array.from({ length: COUNT }, (_, i) => ({
    timeUnixNano: String(BigInt(startTimeUnixNano) + BigInt(i) * 1_000_000n),
    severityNumber: i === 0 ? 17 : 9,
    body: { stringValue: i === 0 ? HOSTILE : `step ${i}` },
    attributes: [{ key: 'amount', value: { stringValue: `${i} ${HOSTILE}` } }],
    ...{ traceId, spanId },
  }));
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: HOSTILE }, logRecords }] }] };
}

async function send(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const { status } = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  equal(status, 200, 'answer to the logs');
}
