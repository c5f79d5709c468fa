import { API, type ApiEvents, type ApiRows, type ApiSessions } from '../../../../src/explorer/server/api.ts';
import { rowOfJson, shownOf, type View } from './view.ts';

const AT_ONCE = 100;
const MOST_EVENTS = 1_000;

/** What the page asks of `mcp-sessionscope ui`. */
export function pageView(url: URL): View {
  const ask = async (path: string, parameters: Record<string, string> = {}): Promise<any> => {
    const response = await fetch(new URL(`${path}?${new URLSearchParams(parameters)}`, url));
    const text = await response.text();
    if (!response.ok) throw new Error(`the page answered ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  return {
    name: 'page API',
    async rows() {
      const { epoch, order }: ApiSessions = await ask(API.sessions);
      const rows = [];
      for (let start = 0; start < order.length; start += AT_ONCE) {
        const n = order.slice(start, start + AT_ONCE).join(',');
        const answer: ApiRows = await ask(API.rows, { epoch, n });
        rows.push(...answer.rows);
      }
      return rows.map(rowOfJson);
    },
    async session(id) {
      const { row, events }: ApiEvents = await ask(API.events, { id, limit: String(MOST_EVENTS) });
      return shownOf(row.id, events);
    },
  };
}
