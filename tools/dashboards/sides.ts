import { NOTIFICATION } from '../../src/explorer/sessions/outcome.ts';
import { isRequestToClient, isRequestToServer, specMethods } from '../../src/sdk/protocol/methods.ts';
import { LABELS } from './names.ts';

/**
 * Who hears the notifications of the specification's revisions. What both sides may send (`progress`, `cancelled`,
 * `tasks/status`) is not here.
 */
export const NOTIFICATIONS = {
  'notifications/initialized': 'server',
  'notifications/roots/list_changed': 'server',
  'notifications/message': 'client',
  'notifications/tools/list_changed': 'client',
  'notifications/prompts/list_changed': 'client',
  'notifications/resources/list_changed': 'client',
  'notifications/resources/updated': 'client',
  'notifications/elicitation/complete': 'client',
  'notifications/tasks': 'client',
  'notifications/subscriptions/acknowledged': 'client',
} as const;

/**
 * The conventions give both sides the same names: a client's process has `mcp.server.operation.duration` of the sampling,
 * elicitation and notifications that it answers or hears, and `mcp.client.operation.duration` of the tools that it calls.
 * What only the other side can be asked is left out of what is about servers, so that people who take their time to answer
 * make no server slow. Methods that go both ways (`ping`, `tasks/…`) cannot be told apart.
 */
export const TO_SERVERS = without(methodsOf('client'));
/** The same for what servers ask of clients: no series of what clients ask. */
export const TO_CLIENTS = without(methodsOf('server'));

/** What `side` alone can be sent. */
function methodsOf(side: 'client' | 'server'): string[] {
  const isAsked = { client: isRequestToClient, server: isRequestToServer };
  const other = side === 'client' ? 'server' : 'client';
  const requests = specMethods().filter((method) => isAsked[side](method) && !isAsked[other](method));
  const told = Object.entries(NOTIFICATIONS).flatMap(([method, hears]) => (hears === side ? [method] : []));
  return [...requests, ...told];
}

function without(methods: readonly string[]): string {
  const isTold = (method: string): boolean => method.startsWith(NOTIFICATION);
  const told = methods.filter(isTold).map((method) => method.slice(NOTIFICATION.length));
  const asked = methods.filter((method) => !isTold(method));
  return `${LABELS.method}!~"${asked.join('|')}|${NOTIFICATION}(${told.join('|')})"`;
}
