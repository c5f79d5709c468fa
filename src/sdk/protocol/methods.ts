import { isRecord, stringOrUndefined } from './json-rpc.ts';

/** What a method's `params` name: the subject of the request. */
export type SubjectKind = 'tool' | 'prompt' | 'resource';

export interface Subject {
  kind: SubjectKind;
  /** A tool or prompt name, or a resource URI, as the client sent it. */
  value: string;
}

interface MethodRow {
  /** Which kind of thing `params` names, and where. */
  subject?: { kind: SubjectKind; at: string };
  /** It is a request that a server sends to its client; `only`: and no client to its server. */
  toClient?: true | 'only';
}

/**
 * Every method of MCP 2024-11-05 to 2026-07-28, requests and notifications, both directions.
 * Source: the schema of each specification revision.
 */
const METHODS: ReadonlyMap<string, MethodRow> = new Map(
  Object.entries<MethodRow>({
    initialize: {},
    ping: { toClient: true },
    'server/discover': {},
    'tools/list': {},
    'tools/call': { subject: { kind: 'tool', at: 'name' } },
    'prompts/list': {},
    'prompts/get': { subject: { kind: 'prompt', at: 'name' } },
    'resources/list': {},
    'resources/templates/list': {},
    'resources/read': { subject: { kind: 'resource', at: 'uri' } },
    'resources/subscribe': { subject: { kind: 'resource', at: 'uri' } },
    'resources/unsubscribe': { subject: { kind: 'resource', at: 'uri' } },
    'completion/complete': {},
    'logging/setLevel': {},
    'subscriptions/listen': {},
    'tasks/get': { toClient: true },
    'tasks/result': { toClient: true },
    'tasks/list': { toClient: true },
    'tasks/cancel': { toClient: true },
    'tasks/update': {},
    'sampling/createMessage': { toClient: 'only' },
    'elicitation/create': { toClient: 'only' },
    'roots/list': { toClient: 'only' },
    'notifications/initialized': {},
    'notifications/cancelled': {},
    'notifications/progress': {},
    'notifications/message': {},
    'notifications/roots/list_changed': {},
    'notifications/tools/list_changed': {},
    'notifications/prompts/list_changed': {},
    'notifications/resources/list_changed': {},
    'notifications/resources/updated': { subject: { kind: 'resource', at: 'uri' } },
    'notifications/elicitation/complete': {},
    'notifications/tasks': {},
    'notifications/tasks/status': {},
    'notifications/subscriptions/acknowledged': {},
  }),
);

/** All of them. */
export function specMethods(): string[] {
  return [...METHODS.keys()];
}

/** Whether a specification revision defines `method`. */
export function isSpecMethod(method: string): boolean {
  return METHODS.has(method);
}

/** Whether a specification revision defines `method` as a request of a server to its client. */
export function isRequestToClient(method: string): boolean {
  return METHODS.get(method)?.toClient !== undefined;
}

/** Whether a specification revision defines `method` as a request of a client to its server. */
export function isRequestToServer(method: string): boolean {
  const row = METHODS.get(method);
  return row !== undefined && row.toClient !== 'only' && !method.startsWith('notifications/');
}

/** What a client asks to find out what it talks to, before it uses any of it. */
const INTRODUCTIONS: ReadonlySet<string> = new Set([
  'initialize',
  'server/discover',
  'ping',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'logging/setLevel',
]);

/** Whether a client that sent nothing but such requests has done nothing yet. */
export function isIntroduction(method: string): boolean {
  return INTRODUCTIONS.has(method);
}

/** What the request is about: the tool, the prompt or the resource that its `params` name. */
export function subjectOf(method: string, params: unknown): Subject | undefined {
  if (!isRecord(params)) return undefined;
  if (method === 'completion/complete') return completionSubject(params['ref']);
  const subject = METHODS.get(method)?.subject;
  const value = subject === undefined ? undefined : params[subject.at];
  return subject !== undefined && typeof value === 'string' ? { kind: subject.kind, value } : undefined;
}

/** A completion is about a prompt or about a resource template. */
function completionSubject(ref: unknown): Subject | undefined {
  if (!isRecord(ref)) return undefined;
  const name = stringOrUndefined(ref['name']);
  const uri = stringOrUndefined(ref['uri']);
  if (ref['type'] === 'ref/prompt' && name !== undefined) return { kind: 'prompt', value: name };
  if (ref['type'] === 'ref/resource' && uri !== undefined) return { kind: 'resource', value: uri };
  return undefined;
}
