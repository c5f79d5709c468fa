/** How this package stands to one thing that the conventions name, or that they do not. */
export type Verdict = 'conforms' | 'deviates' | 'goes beyond';

/** Where it stands: an attribute on spans or on a kind of metric, a metric, or how something behaves. */
export type Where = 'spans' | 'operation metrics' | 'session metrics' | 'metrics' | 'behaviour';

export interface Row {
  names: readonly string[];
  where: Where;
  verdict: Verdict;
}

/** Written by hand, like all pins. The reasons stand in docs/telemetry.md, whose table has the same rows. */
export const STANDING: readonly Row[] = [
  {
    where: 'spans',
    verdict: 'conforms',
    names: [
      'mcp.method.name',
      'mcp.protocol.version',
      'mcp.resource.uri',
      'jsonrpc.request.id',
      'jsonrpc.protocol.version',
      'rpc.response.status_code',
      'error.type',
      'gen_ai.tool.name',
      'gen_ai.prompt.name',
      'gen_ai.operation.name',
      'gen_ai.tool.call.arguments',
      'gen_ai.tool.call.result',
      'gen_ai.prompt.variable.<name>',
      'network.transport',
      'network.protocol.name',
      'network.protocol.version',
      'client.address',
      'client.port',
      'server.address',
      'server.port',
    ],
  },
  {
    where: 'operation metrics',
    verdict: 'conforms',
    names: [
      'mcp.protocol.version',
      'mcp.resource.uri',
      'jsonrpc.protocol.version',
      'rpc.response.status_code',
      'error.type',
      'gen_ai.operation.name',
      'gen_ai.prompt.variable.<name>',
      'network.transport',
      'network.protocol.name',
      'network.protocol.version',
    ],
  },
  {
    where: 'session metrics',
    verdict: 'conforms',
    names: ['mcp.protocol.version', 'network.protocol.name', 'jsonrpc.protocol.version'],
  },
  {
    where: 'metrics',
    verdict: 'conforms',
    names: ['mcp.server.operation.duration', 'mcp.client.operation.duration'],
  },
  {
    where: 'behaviour',
    verdict: 'conforms',
    names: ['kinds of spans', 'trace context received', 'a span execute_tool that is open'],
  },
  { where: 'spans', verdict: 'deviates', names: ['mcp.session.id'] },
  {
    where: 'operation metrics',
    verdict: 'deviates',
    names: ['mcp.method.name', 'gen_ai.tool.name', 'gen_ai.prompt.name', 'server.address', 'server.port'],
  },
  { where: 'session metrics', verdict: 'deviates', names: ['error.type'] },
  {
    where: 'metrics',
    verdict: 'deviates',
    names: ['mcp.server.session.duration', 'mcp.client.session.duration'],
  },
  {
    where: 'behaviour',
    verdict: 'deviates',
    names: ['names of spans', 'status of spans', 'trace context sent'],
  },
  {
    where: 'spans',
    verdict: 'goes beyond',
    names: [
      'mcp.client.connection.id',
      'mcp.server.name',
      'mcp.server.version',
      'mcp.client.session.id',
      'mcp.client.session.source',
      'mcp.protocol.session.id',
      'gen_ai.conversation.id',
      'mcp.request.id',
      'mcp.request.abandoned',
      'mcp.log.level',
      'mcp.log.logger',
      'mcp.log.data',
      'mcp.error.message',
      'mcp.tool.name',
      'mcp.client.name',
      'mcp.client.version',
      'mcp.tools.count',
      'mcp.tools.names',
      'mcp.tools.names_list',
      'mcp.tools.size',
      'mcp.request.size',
      'mcp.response.size',
      'user_agent.original',
      'enduser.pseudo.id',
      'exception.type',
    ],
  },
  { where: 'operation metrics', verdict: 'goes beyond', names: ['mcp.session.id', 'exception.type'] },
  { where: 'session metrics', verdict: 'goes beyond', names: ['mcp.session.id'] },
  {
    where: 'metrics',
    verdict: 'goes beyond',
    names: [
      'mcp.server.client_session.duration',
      'mcp.server.client_session.active',
      'mcp.server.operation.active',
      'mcp.server.request.size',
      'mcp.server.response.size',
    ],
  },
  { where: 'behaviour', verdict: 'goes beyond', names: ['spans of sessions', 'events of exceptions'] },
];

/** The verdict on one name; undefined where the table has none. */
export function verdictOn(where: Where, name: string): Verdict | undefined {
  const found = STANDING.filter((row) => row.where === where && row.names.includes(name));
  if (found.length > 1) throw new Error(`${name} (${where}) stands in ${found.length} rows`);
  return found[0]?.verdict;
}
