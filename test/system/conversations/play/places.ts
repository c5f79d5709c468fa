/** Where clients say which conversation a request belongs to, and what their ids look like. */
export interface Place {
  readonly name: string;
  /** What the client calls itself, where that matters. */
  readonly client: string;
  /** An id as such clients make it of 32 hexadecimal digits. */
  id(hex: string): string;
  /** What each request has. */
  meta?(id: string): Record<string, unknown>;
  /** What each HTTP request has. */
  headers?(id: string): Record<string, string>;
  /** Whether lists name it, too. */
  onLists?: true;
}

const uuid = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20)].join(
    '-',
  );

/** Beside what else such clients put there. */
export const PLACES: readonly Place[] = [
  {
    name: 'openai/session',
    client: 'openai-mcp',
    id: (hex) => `v1/${hex}`,
    meta: (id) => ({ 'openai/session': id, 'openai/subject': 'v1/a-user', 'openai/locale': 'en' }),
  },
  {
    name: 'vscode.conversationId',
    client: 'Visual Studio Code',
    id: uuid,
    meta: (id) => ({ 'vscode.conversationId': id, 'vscode.requestId': 'a-turn' }),
  },
  {
    name: 'x-codex-turn-metadata',
    client: 'codex-mcp-client',
    id: uuid,
    meta: (id) => ({ 'x-codex-turn-metadata': { session_id: id, turn_id: 'a-turn' }, threadId: 'a-thread' }),
  },
  {
    name: 'ai.opencode/sessionID',
    client: 'opencode',
    id: (hex) => `ses_${hex.slice(0, 26)}`,
    meta: (id) => ({ 'ai.opencode/sessionID': id }),
  },
  {
    name: 'agent-session-id',
    client: 'goose',
    id: (hex) => `20261128_${Number.parseInt(hex.slice(0, 6), 16)}`,
    meta: (id) => ({ 'agent-session-id': id, 'agent-working-dir': '/somewhere' }),
    onLists: true,
  },
  {
    name: 'sessionID',
    client: 'opencode',
    id: (hex) => `ses_${hex.slice(0, 26)}`,
    meta: (id) => ({ sessionID: id }),
  },
  {
    name: 'antigravity.google/conversation_id',
    client: 'antigravity',
    id: uuid,
    meta: (id) => ({ 'antigravity.google/conversation_id': id }),
  },
  {
    name: 'baggage in _meta',
    client: 'an-agent',
    id: uuid,
    meta: (id) => ({ baggage: `user.tier=gold,gen_ai.conversation.id=${id};ttl=1` }),
  },
  {
    name: 'baggage in the HTTP header',
    client: 'an-agent',
    id: uuid,
    headers: (id) => ({ baggage: `gen_ai.conversation.id=${id}` }),
  },
  {
    name: 'x-openhands-conversation-id',
    client: 'openhands',
    id: (hex) => hex,
    headers: (id) => ({ 'x-openhands-conversation-id': id }),
  },
];
