import { baggageValue } from './baggage.ts';
import { isRecord } from './json-rpc.ts';
import { NO_META } from './meta.ts';

/** Where a request may say which conversation it belongs to. */
export interface Told {
  readonly meta: Readonly<Record<string, unknown>>;
  /** Value of an HTTP request header, by lower-case name. */
  header(name: string): string | undefined;
  /** What the client calls itself, or its user agent. */
  client(): string | undefined;
}

/** A conversation, in the words of its client. Nobody has checked it. */
export interface Conversation {
  readonly id: string;
  /** Counted per installation, so that two of them have the same: it is one conversation for one caller only. */
  readonly isCounted: boolean;
}

interface Place {
  readonly read: (told: Told) => unknown;
  readonly isHeader?: true;
  readonly isCounted?: true;
}

/**
 * The known places; the first that holds an id counts. Ids of turns (`vscode.requestId`, Codex's `turn_id`), calls
 * (`progressToken`, `claudecode/toolUseId`), widgets (`openai/widgetSessionId`) and users (`openai/subject`) are none of
 * them.
 */
const PLACES: readonly Place[] = [
  // ChatGPT, on tools/call. developers.openai.com/apps-sdk/reference, "_meta fields the client provides".
  { read: ({ meta }) => meta['openai/session'] },
  // VS Code, on tools/call. microsoft/vscode, src/vs/workbench/contrib/mcp/common/mcpServer.ts; pull request 265303.
  { read: ({ meta }) => meta['vscode.conversationId'] },
  // Codex, on tools/call. openai/codex, codex-rs/core/src/mcp_tool_call.rs; pull requests 15190, 18093 and 21329. The session
  // is shared by its sub-agents, a thread is one agent's. The bare names are anybody's: gateways put other ids there.
  { read: ({ meta }) => memberOf(meta['x-codex-turn-metadata'], 'session_id') },
  { read: ({ meta, client }) => ofCodex(meta['sessionId'], client) },
  { read: ({ meta }) => memberOf(meta['x-codex-turn-metadata'], 'thread_id') },
  { read: ({ meta, client }) => ofCodex(meta['threadId'], client) },
  // opencode 2, on tools/call. anomalyco/opencode, pull request 46008, and packages/core/src/mcp/client.ts after it.
  { read: ({ meta }) => meta['ai.opencode/sessionID'] },
  { read: ({ meta }) => meta['sessionID'] },
  // goose, on calls and lists: a date and a number. aaif-goose/goose, crates/goose/src/session_context.rs; pull requests
  // 6626, and 5165 before.
  { read: ({ meta }) => meta['agent-session-id'], isCounted: true },
  { read: ({ meta }) => meta['goose-session-id'], isCounted: true },
  // Google Antigravity and ZCode, on tools/call; as captured, for neither documents it.
  { read: ({ meta }) => meta['antigravity.google/conversation_id'] },
  { read: ({ meta }) => memberOf(meta['com.zcode/request-context'], 'session_id') },
  // SEP-3318, a proposal that is parked: what the host proposes, and sends from then on.
  { read: ({ meta }) => memberOf(meta[HANDLE], 'conversationId') },
  { read: ({ meta }) => memberOf(memberOf(meta[HANDLE], 'propose'), 'conversationId') },
  // W3C baggage, in `_meta` as SEP-414 carries it, with the keys of the OpenTelemetry semantic conventions.
  { read: ({ meta }) => baggageValue(meta['baggage'], 'gen_ai.conversation.id') },
  { read: ({ header }) => baggageValue(header('baggage'), 'gen_ai.conversation.id'), isHeader: true },
  // ChatGPT, beside `_meta`; as captured.
  { read: ({ header }) => header('x-openai-session'), isHeader: true },
  // OpenHands, on all requests of a connection. OpenHands/OpenHands, pull request 8348.
  { read: ({ header }) => header('x-openhands-conversation-id'), isHeader: true },
  // A session of an application may hold several conversations: it counts where nothing else is said.
  { read: ({ meta }) => baggageValue(meta['baggage'], 'session.id') },
  { read: ({ header }) => baggageValue(header('baggage'), 'session.id'), isHeader: true },
];

const HEADERS = PLACES.filter(({ isHeader }) => isHeader);

const HANDLE = 'io.modelcontextprotocol/conversation-handle';
const MAX_LENGTH = 256;
/** Turn metadata names every workspace. */
const MAX_JSON = 16_384;
/** Control characters, and halves of characters. */
const UNREADABLE = /[\p{Cc}\p{Cs}]/u;

/** The conversation of a request, where its client says so in a known place. */
export function conversationOf(told: Told): Conversation | undefined {
  for (const { read, isCounted = false } of told.meta === NO_META ? HEADERS : PLACES) {
    const value = read(told);
    const id = value === undefined ? undefined : readable(value);
    if (id !== undefined) return { id, isCounted };
  }
  return undefined;
}

function readable(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || UNREADABLE.test(value)) return undefined;
  const id = value.trim();
  return id === '' ? undefined : id;
}

/** A member of an object, or of the JSON text of one. */
function memberOf(value: unknown, name: string): unknown {
  const object = typeof value === 'string' ? parsed(value) : value;
  return isRecord(object) && Object.hasOwn(object, name) ? object[name] : undefined;
}

function parsed(text: string): unknown {
  if (text.length > MAX_JSON || !text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ofCodex(value: unknown, client: Told['client']): unknown {
  return value !== undefined && /^codex\b/i.test(client() ?? '') ? value : undefined;
}
