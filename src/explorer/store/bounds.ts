import { createHash } from 'node:crypto';
import type { ReportedJoin, SessionReport } from '../sessions/session-span.ts';

const MAX_TEXT = 256;
const MAX_ID = 512;
const MAX_TOOLS = 500;
const MAX_SHARED = 20_000;
const HALVED = /[\ud800-\udbff]$/;

/** A name or version for memory and tables: of what is very long, the beginning. */
export function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= MAX_TEXT
    ? text
    : `${text.slice(0, MAX_TEXT - 1).replace(HALVED, '')}…`;
}

/** A session's id, which addresses can hold: of what is very long, the beginning and a hash. */
export function boundedId(id: string): string {
  if (id.length <= MAX_ID) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${id.slice(0, 64).replace(HALVED, '')}…${hash}`;
}

/** Bounds the names of reports, and keeps those that come again and again once. */
export class Reports {
  readonly #texts = new Map<string, string>();

  bounded(report: SessionReport): SessionReport {
    const { about, tools } = report;
    return {
      ...report,
      endReason: this.#kept(report.endReason),
      open: report.open.map(({ name, sinceMs }) => ({ name: this.#kept(name) ?? '', sinceMs })),
      join: this.#keptJoin(report.join),
      hasMoreTools: report.hasMoreTools || tools.length > MAX_TOOLS,
      tools: tools.slice(0, MAX_TOOLS).map((name) => this.#kept(name) ?? ''),
      about: {
        source: this.#kept(about.source),
        service: this.#kept(about.service),
        clientName: this.#kept(about.clientName),
        clientVersion: this.#kept(about.clientVersion),
        protocolVersion: this.#kept(about.protocolVersion),
        transport: this.#kept(about.transport),
        sender: this.#kept(about.sender),
        seenByClient: this.#kept(about.seenByClient),
      },
    };
  }

  #keptJoin(join: ReportedJoin | undefined): ReportedJoin | undefined {
    return join && { ...join, key: boundedId(join.key), openedBy: this.#kept(join.openedBy) };
  }

  #kept(given: string | undefined): string | undefined {
    const text = shortened(given);
    if (text === undefined) return undefined;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size < MAX_SHARED) this.#texts.set(text, text);
    return text;
  }
}
