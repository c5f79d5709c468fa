import { joinNames } from '../../../src/sdk/protocol/names.ts';
import * as semconv from '../../../src/sdk/signals/semconv.ts';
import { UIDS } from '../../../tools/dashboards/links.ts';
import { call, type Expected, type Fault, message, reported, shows, visitOf } from './fault.ts';
import type { SpanRow, Visit } from './spans.ts';

const ODD_NAMES = ['search, replace', 'a,b', String.raw`c:\temp`, 'end\\', '…'];
const [PLAIN, BESIDE] = ['plain', String.raw`back\slash,comma`];

/** An answer to tools/list: the names as an array, as one text, or not at all; and how many it says there are. */
interface Answer {
  readonly list?: readonly string[];
  readonly text?: string;
  readonly count?: number;
}

const listed = (visit: Visit, at: number, { list, text, count }: Answer): SpanRow =>
  message(visit, 'tools/list', at, {
    attributes: {
      ...(list !== undefined && { [semconv.ATTR_MCP_TOOLS_NAMES_LIST]: JSON.stringify(list) }),
      ...(text !== undefined && { [semconv.ATTR_MCP_TOOLS_NAMES]: text }),
      ...(count !== undefined && { [semconv.ATTR_MCP_TOOLS_COUNT]: String(count) }),
    },
  });

/** A report of which tools were called; of an array only where there is one. */
function used(visit: Visit, at: number, text: string, list?: readonly string[]): SpanRow {
  const row = reported(visit, [at, at + 100], [1, 0]);
  const {
    [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST]: _array,
    [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS]: _text,
    ...others
  } = row['SpanAttributes'] as Record<string, string>;
  return {
    ...row,
    SpanAttributes: {
      ...others,
      [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS]: text,
      ...(list !== undefined && { [semconv.ATTR_MCP_CLIENT_SESSION_TOOLS_LIST]: JSON.stringify(list) }),
    },
  };
}

const array = visitOf('array');
const escaped = visitOf('escaped');
const older = visitOf('older');

const inLists = (client: string): Visit => visitOf(`lists ${client}`, { service: 'lists', client });

/** The sessions that called a tool which has this in its name. */
const callers = (tool: string, sessions: readonly string[]): Expected => ({
  uid: UIDS.sessions,
  title: 'Sessions',
  chosen: { tool, service: ['array', 'escaped', 'older'] },
  columns: ['Session'],
  rows: sessions.map((session) => [session]),
});

const neverCalled = (session: string, names: readonly string[]): Expected =>
  shows(
    'operations',
    'Tools never called',
    session,
    ['Tool', 'Listed'],
    [...names].sort().map((name) => [name, 1]),
  );

/** How the names of tools are read, and what is known of lists that are not all recorded. */
export const LISTS: readonly Fault[] = [
  {
    name: 'names of tools are read whole',
    spans: (at) => [
      used(array, at + 2, joinNames([PLAIN], true), [...ODD_NAMES, PLAIN]),
      listed(array, at, { list: ODD_NAMES, text: joinNames([PLAIN]), count: ODD_NAMES.length }),
      used(escaped, at + 1, joinNames(ODD_NAMES)),
      listed(escaped, at, { text: joinNames(ODD_NAMES), count: ODD_NAMES.length }),
      used(older, at, `${PLAIN}, ${BESIDE}`),
      listed(older, at, { text: `${PLAIN}, ${BESIDE}` }),
      call({ ...older, tool: PLAIN }, at),
    ],
    panels: [
      shows('session', 'Session', 'array', ['Tools'], [[joinNames([...ODD_NAMES, PLAIN], true)]]),
      shows('session', 'Session', 'escaped', ['Tools'], [[joinNames(ODD_NAMES)]]),
      callers('Search, Replace', ['array', 'escaped']),
      callers('replace, a', []),
      callers(String.raw`c:\temp`, ['array', 'escaped']),
      callers(BESIDE, ['older']),
      neverCalled('array', ODD_NAMES),
      neverCalled('escaped', ODD_NAMES),
      neverCalled('older', [BESIDE]),
      shows('operations', 'What clients discovered', 'array', ['Tools'], [[joinNames(ODD_NAMES)]]),
      shows('operations', 'What clients discovered', 'escaped', ['Tools'], [[joinNames(ODD_NAMES)]]),
    ],
  },
  {
    name: 'of a list that is not all recorded, nobody knows what it lacks',
    spans: (at) => [
      listed(inLists('whole'), at + 6, { list: ['a', 'b', 'c'], count: 3 }),
      listed(inLists('counts more'), at + 5, { text: 'a', count: 300 }),
      listed(inLists('says more'), at + 4, { text: joinNames(['a'], true) }),
      listed(inLists('says nothing'), at + 3, {}),
      listed(inLists('empty'), at + 2, { count: 0 }),
      listed(inLists('short'), at + 1, { text: 'b' }),
      message(inLists('failed'), 'tools/list', at, { errorType: '-32603' }),
    ],
    panels: [
      shows(
        'operations',
        'Tools not seen by clients',
        'lists',
        ['Client', 'Missing'],
        [
          ['empty', 'a, b, c'],
          ['short', 'a, c'],
        ],
      ),
      shows(
        'operations',
        'What clients discovered',
        'lists',
        ['Client', 'Tools'],
        [
          ['whole', 'a, b, c'],
          ['counts more', 'a, …'],
          ['says more', 'a, …'],
          ['says nothing', null],
          ['empty', null],
          ['short', 'b'],
          ['failed', null],
        ],
      ),
    ],
  },
];
