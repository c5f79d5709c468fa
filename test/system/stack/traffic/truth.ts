/** What a client did, as the client saw it: the truth that every panel is compared with. */
export interface SessionTruth {
  /** Known to clients of Streamable HTTP; others recognise their session by the client's name. */
  id?: string;
  client: { name: string; version: string };
  /** It is instrumented too, so that what it asks is in traces of its own. */
  observed?: true;
  /** `service.name` of the server. */
  service: string;
  transport: 'pipe' | 'tcp';
  source: 'protocol' | 'connection' | 'inferred' | 'application';
  status: 'active' | 'ended' | 'lost';
  endReason?: string;
  /** Unix milliseconds between which the session began, and ended. */
  started: Span;
  ended?: Span;
  /** Requests, in the order in which they were sent. */
  requests: RequestTruth[];
  /** Notifications, sent before the session came to rest. */
  notifications: string[];
  /** Requests that the server sent to the client. */
  served: string[];
  /** What each process was asked, where several served the session. */
  shares?: SessionTruth[];
}

/** Unix milliseconds: no earlier than the one, no later than the other. */
export interface Span {
  from: number;
  to: number;
}

export interface RequestTruth {
  method: string;
  /** Of `tools/call`. */
  tool?: string;
  /** Of `prompts/get`, where the server has it. */
  prompt?: string;
  /** Sent and answered, by the client's clock. A request that is still open has no end. */
  sentAt: number;
  answeredAt?: number;
  /** Milliseconds between the two on the monotonic clock: the wall clock may be set in between. */
  tookMs?: number;
  /** The handler takes at least so long. */
  atLeastMs: number;
  /** The tools that the answer to `tools/list` had; the recording of 2026-11-21 does not say. */
  tools?: string[];
  /** The answer was a JSON-RPC error or a result with `isError`, and did not ask for a step of the user. */
  failed: boolean;
  /** The text of a result with `isError`, or the message of an error; the recording of 2026-11-21 does not say. */
  said?: string;
  /** The answer asked the user to open a URL. */
  asksUser?: true;
  /** The class of the exception where there was one, else `error.type` of the span; absent where it has none. */
  errorType?: string;
  /** `rpc.response.status_code` of the span: the answer was a JSON-RPC error. */
  statusCode?: string;
}

/** What one server process was asked by its clients. */
export interface ProcessTruth {
  service: string;
  version: string;
  /** `mcp.session.id` is a UUID that only the process knows; its clients tell one process from another. */
  sessions: SessionTruth[];
  started: Span;
  /** Absent while it runs. Killed: it ended without a word. */
  ended?: Span & { killed: boolean };
}

export interface Truth {
  from: number;
  /** When the traffic had come to rest. */
  to: number;
  sessions: SessionTruth[];
  processes: ProcessTruth[];
}

/** The sessions of all processes. Those of one id are one session. */
export function sessionsOf(processes: readonly ProcessTruth[]): SessionTruth[] {
  const byId = new Map<unknown, SessionTruth[]>();
  for (const session of processes.flatMap(({ sessions }) => sessions)) {
    const key = session.id ?? session;
    byId.set(key, [...(byId.get(key) ?? []), session]);
  }
  return [...byId.values()].map((shares) =>
    shares.length === 1 ? (shares[0] as SessionTruth) : whole(shares),
  );
}

function whole(shares: SessionTruth[]): SessionTruth {
  const [first] = [...shares].sort((a, b) => a.started.from - b.started.from) as [SessionTruth];
  const requests = shares.flatMap((share) => share.requests).sort(bySending);
  return { ...first, requests, served: shares.flatMap(({ served }) => served), shares };
}

/** One client waits for each answer. */
const bySending = (a: RequestTruth, b: RequestTruth): number =>
  a.sentAt - b.sentAt || (a.answeredAt ?? Infinity) - (b.answeredAt ?? Infinity);

/** The accounts of a session: one for each process that served it. */
export const sharesOf = (session: SessionTruth): SessionTruth[] => session.shares ?? [session];

/** `mcp.client.session.calls`. */
export const callsOf = ({ requests }: SessionTruth): number => requests.length;

/** Requests that failed. */
export const errorsOf = ({ requests }: SessionTruth): number =>
  requests.filter(({ failed }) => failed).length;

/** The tools called, in order of first use. */
export function toolsOf({ requests }: SessionTruth): string[] {
  return [...new Set(requests.flatMap(({ tool }) => (tool === undefined ? [] : [tool])))];
}
