import { forEach, type Steps } from './steps.ts';
import type { ForeignSpan } from './types.ts';

/** Of an id, or of all ids of a client. */
interface Use {
  client: string | undefined;
  ids: number;
  requests: number;
}

/** So many ids tell whether ids are new with every request, */
const MIN_IDS = 3;
/** and so many requests an id has where they are not. */
const MIN_REQUESTS = 2;

/** The ids that last for longer than a request. Where several clients tell their names, the ids of each are looked at alone. */
export function* lasting<T extends ForeignSpan>(
  spans: readonly T[],
  idOf: (span: T) => string | undefined,
): Steps<ReadonlySet<string>> {
  const uses = new Map<string, Use>();
  const names = new Set<string>();
  yield* forEach(spans, (span) => {
    const id = idOf(span);
    if (id === undefined || id === '') return;
    const use: Use = uses.get(id) ?? { client: undefined, ids: 1, requests: 0 };
    uses.set(id, use);
    use.client ??= span.clientName;
    if (use.client !== undefined) names.add(use.client);
    if (span.isReceived && !span.method.startsWith('notifications/')) use.requests += 1;
  });
  const clientOf = (use: Use) => (names.size > 1 ? use.client : undefined);
  const clients = new Map<string | undefined, Use>();
  yield* forEach(uses.values(), (use) => {
    const client = clientOf(use);
    const all: Use = clients.get(client) ?? { client, ids: 0, requests: 0 };
    clients.set(client, all);
    all.ids += 1;
    all.requests += use.requests;
  });
  const found = new Set<string>();
  yield* forEach(uses, ([id, use]) => {
    if (!isNew(clients.get(clientOf(use))!)) found.add(id);
  });
  return found;
}

/** Whether there is an id for every request. */
function isNew({ ids, requests }: Use): boolean {
  return ids >= MIN_IDS && requests < ids * MIN_REQUESTS;
}
