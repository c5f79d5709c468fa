import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageCheck } from '../check.ts';
import { equal, eventually, eventuallyEqual, ok } from '../expect.ts';
import { knownSessions } from '../known.ts';
import { otlpOf, writeRecording } from '../spans.ts';
import { idsOf } from '../views.ts';

export const DAMAGED: readonly PageCheck[] = [
  {
    name: 'of damaged files, what is whole is shown, what is not is named, and nothing is deleted',
    async run(stage) {
      const dir = await stage.tempDir();
      const sessions = knownSessions(Date.now()).slice(2, 6);
      const [first, second, third, fourth] = sessions.map((session) => JSON.stringify(otlpOf(session)));
      await writeRecording(join(dir, 'whole.traces.jsonl'), []);
      await writeFile(
        join(dir, 'garbage.traces.jsonl'),
        `${first}\n{"resourceSpans": [\nnot JSON at all\n${second}\n`,
      );
      await writeFile(join(dir, 'binary.traces.jsonl'), Buffer.from([0, 255, 254, 10, 0, 1, 2, 10]));
      await writeFile(join(dir, 'cut.traces.jsonl'), `${third}\n${fourth!.slice(0, 300)}`);
      const before = await contentsOf(dir);
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      const shown = sessions.slice(0, 3).map(({ id }) => id);
      await eventuallyEqual(() => idsOf(page), shown, 'sessions');
      const notice = page.locator('.notice', { hasText: /could not be read/ });
      await notice.waitFor();
      await notice.locator('summary').click();
      const told = await notice.innerText();
      for (const place of ['garbage.traces.jsonl:2', 'garbage.traces.jsonl:3', 'binary.traces.jsonl']) {
        ok(told.includes(place), `${place} is not in: ${told}`);
      }
      equal(await contentsOf(dir), before, 'files');
      // The writer of the last line goes on.
      await appendFile(join(dir, 'cut.traces.jsonl'), `${fourth!.slice(300)}\n`);
      await eventuallyEqual(
        () => idsOf(page),
        sessions.map(({ id }) => id),
        'sessions when the line is whole',
      );
      return told.split('\n')[0]!;
    },
  },
  {
    name: 'a file that is removed takes its sessions with it, and a new one brings its own',
    async run(stage) {
      const dir = await stage.tempDir();
      const sessions = knownSessions(Date.now()).slice(2, 6);
      const path = join(dir, 'first.traces.jsonl');
      await writeRecording(path, sessions.slice(0, 2));
      await writeRecording(join(dir, 'second.traces.jsonl'), sessions.slice(2, 3));
      const ui = await stage.startUi(dir);
      const page = await stage.open(ui.url);
      await eventuallyEqual(
        () => idsOf(page),
        sessions.slice(0, 3).map(({ id }) => id),
        'sessions',
      );
      await rm(path);
      await eventuallyEqual(() => idsOf(page), [sessions[2]!.id], 'sessions without the file');
      await writeRecording(join(dir, 'third.traces.jsonl'), sessions.slice(3));
      await eventually(async () =>
        ok((await idsOf(page)).includes(sessions[3]!.id), 'the new file is not shown'),
      );
      return '3 sessions, 1, 2';
    },
  },
];

async function contentsOf(dir: string): Promise<[string, string][]> {
  const names = (await readdir(dir)).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name, await readFile(join(dir, name), 'base64')]),
  );
}
