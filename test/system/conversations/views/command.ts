import { BUILT_CLI } from '../../../../tools/support/built.ts';
import { runOrThrow } from '../../../../tools/support/children.ts';
import { rowOfJson, shownOf, type View } from './view.ts';

const MOST_OPENED = 12;

/** `mcp-sessionscope sessions --json`. */
export function commandView(dir: string): View {
  const ask = async (...args: string[]): Promise<any> => {
    const { stdout } = await runOrThrow(process.execPath, [BUILT_CLI, 'sessions', dir, '--json', ...args]);
    return JSON.parse(stdout);
  };
  return {
    name: 'sessions --json',
    // A process for each.
    opens: MOST_OPENED,
    rows: async () => (await ask()).map(rowOfJson),
    async session(id) {
      const { session, events } = await ask('--session', id);
      return shownOf(session.id, events);
    },
  };
}
