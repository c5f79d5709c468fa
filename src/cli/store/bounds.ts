import { createHash } from 'node:crypto';
import type { SessionReport } from '../sessions/session-span.ts';

const MAX_TEXT = 256;
const MAX_ID = 512;
const MAX_TOOLS = 500;
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

export function boundedReport(report: SessionReport): SessionReport {
  const { about, tools } = report;
  return {
    ...report,
    endReason: shortened(report.endReason),
    hasMoreTools: report.hasMoreTools || tools.length > MAX_TOOLS,
    tools: tools.slice(0, MAX_TOOLS).map((name) => shortened(name) ?? ''),
    about: {
      source: shortened(about.source),
      service: shortened(about.service),
      clientName: shortened(about.clientName),
      clientVersion: shortened(about.clientVersion),
      protocolVersion: shortened(about.protocolVersion),
      transport: shortened(about.transport),
    },
  };
}
