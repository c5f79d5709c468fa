import { reportOf } from '../../src/explorer/server/report.ts';
import { openStore } from '../../src/explorer/store/open-store.ts';
import { listRows, runCli } from '../cli/support.ts';
import { askAbout } from './mcp/support.ts';
import { NOW, withRecording } from './support.ts';

const ALL = { offset: 0, limit: 1_000 };

/** What every view has of a session, and of the tools. */
export async function viewsOf(files: Record<string, string | readonly string[]>, id = 's') {
  return withRecording(files, async (dir) => {
    const store = openStore({ dir, now: () => NOW, pollMs: 1e9 });
    const asking = await askAbout(dir);
    try {
      await store.ready;
      const page = (await store.events(id, ALL))!;
      const markdown = reportOf(page, { version: '0', now: NOW });
      const details = (await runCli(['sessions', dir, '--session', id])).stdout;
      const [session, errors, tools] = await Promise.all([
        asking.ask('get_session', { session_id: id }),
        asking.ask('find_errors'),
        asking.ask('list_tools'),
      ]);
      const [listed] = (await listRows(dir)).filter((row) => row.id === id);
      return { store, page, row: page.row, listed, details, markdown, session, errors, tools };
    } finally {
      await asking.close();
      await store.close();
    }
  });
}

type Views = Awaited<ReturnType<typeof viewsOf>>;

/** How many failures each view tells of; the tools' are those of the calls. */
export function failuresIn({ page, row, listed, markdown, session, errors, tools }: Views) {
  const ofTools = tools.json.tools.map((tool: { errors: number }) => tool.errors);
  return {
    row: row.errors,
    command: listed.errors,
    banner: page.failures.length,
    markdown: markdown.match(/^### \d+\. .* failed$/gm)?.length ?? 0,
    getSession: session.json.session.errors,
    findErrors: errors.json.total,
    listTools: ofTools.reduce((sum: number, count: number) => sum + count, 0),
  };
}

/** The same number in every view. */
export function everywhere(count: number): ReturnType<typeof failuresIn> {
  const [row, command, banner, markdown, getSession, findErrors, listTools] = Array(7).fill(count);
  return { row, command, banner, markdown, getSession, findErrors, listTools };
}
