import * as z from 'zod';
import type { ErrorGroup } from '../store/answers.ts';
import { listNames } from '../text/names.ts';
import type { Item } from './answer.ts';
import { clean, cleanFields, cleanId, MAX_ERROR } from './clean.ts';

/** Of an answer. */
export const MAX_GROUPS = 20;
/** Clients, versions of one, and servers. */
const MAX_NAMES = 8;

const text = z.string().nullable();

export const groupSchema = z.object({
  tool: text,
  method: text,
  errorType: z.string(),
  text,
  count: z.number(),
  sessions: z.number(),
  first: z.string(),
  last: z.string(),
  clients: z.array(z.string()).describe('Names, with versions.'),
  services: z.array(z.string()),
  exampleSessionId: text.describe('The newest; what `get_session` takes.'),
  exampleSpanId: z.string(),
});

/** Failures of one kind. */
export function groupItem(group: ErrorGroup): Item {
  const { clients, services, example } = group;
  const names = clients
    .slice(0, MAX_NAMES)
    .map(({ name, versions }) =>
      clean([name ?? 'unknown client', ...versions.slice(0, MAX_NAMES)].join(' ')),
    );
  const json = {
    ...cleanFields(
      {
        tool: group.tool ?? null,
        method: group.method ?? null,
        errorType: group.type,
        text: group.text ?? null,
      },
      { text: MAX_ERROR / 5 },
    ),
    count: group.count,
    sessions: group.sessions,
    first: new Date(group.firstMs).toISOString(),
    last: new Date(group.lastMs).toISOString(),
    clients: names,
    services: services.slice(0, MAX_NAMES).map((name) => clean(name)),
    exampleSessionId: example.sessionId === undefined ? null : cleanId(example.sessionId),
    exampleSpanId: clean(example.spanId),
  };
  const what = json.tool ?? json.method ?? 'unknown';
  const said = json.text === null ? json.errorType : `${json.errorType}: ${json.text}`;
  const when = `${json.first} to ${json.last}`;
  const line = [`- ${json.count} x ${what}`, said, when, listNames(names), listNames(json.services)];
  return { json, lines: [line.filter((part) => part !== '').join(' | ')] };
}
