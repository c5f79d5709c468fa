import { SOURCE_CLIENT } from '../recording/client-side.ts';
import { FLAG, NONE } from './columns.ts';
import type { IndexedSession, RowHost } from './indexed.ts';

/** Which sessions of servers have an id of the protocol: their own, or one that requests came with. */
export class ProtocolSessions {
  readonly #found = new Map<string, IndexedSession>();

  /** @param wanted - whose ids are asked for */
  constructor({ byId, sessions }: RowHost, wanted: Iterable<{ readonly protocolId: string | undefined }>) {
    const missing = new Set<string>();
    for (const { protocolId } of wanted) {
      if (protocolId === undefined) continue;
      const session = byId.get(protocolId);
      if (session === undefined || !isServed(session)) missing.add(protocolId);
      else this.#found.set(protocolId, session);
    }
    if (missing.size === 0) return;
    for (const session of sessions) {
      if (session === undefined || session.source === SOURCE_CLIENT) continue;
      for (const id of protocolIdsOf(session))
        if (missing.has(id) && !this.#found.has(id) && isServed(session)) this.#found.set(id, session);
    }
  }

  get(protocolId: string | undefined): IndexedSession | undefined {
    return protocolId === undefined ? undefined : this.#found.get(protocolId);
  }
}

/** Whether a server's span is left of it: one that is gone may live on by what its client recorded. */
function isServed({ source, chains }: IndexedSession): boolean {
  if (source === SOURCE_CLIENT) return false;
  for (const { file, head } of chains.values()) {
    const { flags, next } = file.columns;
    for (let row = head; row !== NONE; row = next[row]!) if ((flags[row]! & FLAG.client) === 0) return true;
  }
  return false;
}

function* protocolIdsOf({ id, source, chains }: IndexedSession): Generator<string> {
  // Those of others are told with their service.
  if (source === 'protocol') yield id.slice(0, Math.max(0, id.lastIndexOf('@')));
  for (const { said } of chains.values()) if (said !== undefined) yield* said.protocolIds();
}
