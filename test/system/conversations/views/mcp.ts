import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { BUILT_CLI } from '../../../../tools/support/built.ts';
import { rowOfJson, shownOf, type View, type ViewRow } from './view.ts';

const MOST_ROWS = 100;
const MOST_EVENTS = 500;

/** `mcp-sessionscope mcp`, asked by a real client. */
export async function mcpView(dir: string): Promise<View & { close(): Promise<void> }> {
  const client = new Client({ name: 'test-conversations', version: '1.0.0' });
  const args = [BUILT_CLI, 'mcp', '--dir', dir, '--no-record'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'inherit' }));
  const ask = async (name: string, given: Record<string, unknown>): Promise<any> => {
    const { isError, structuredContent, content } = await client.callTool({ name, arguments: given });
    if (isError === true) throw new Error(`${name} answered ${JSON.stringify(content)}`);
    return structuredContent;
  };
  return {
    name: 'mcp',
    async rows() {
      const rows: ViewRow[] = [];
      let cursor: string | undefined;
      do {
        const page = await ask('list_sessions', {
          limit: MOST_ROWS,
          ...(cursor !== undefined && { cursor }),
        });
        rows.push(...page.sessions.map(rowOfJson));
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      return rows;
    },
    async session(id) {
      const given = { session_id: id, limit: MOST_EVENTS, include_arguments: true };
      const { session, events } = await ask('get_session', given);
      return shownOf(session.id, events);
    },
    close: () => client.close(),
  };
}
