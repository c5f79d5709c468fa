import {
  completable,
  createRequestStateCodec,
  fromJsonSchema,
  McpServer,
  ResourceTemplate,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import {
  completions,
  featurePrompts,
  featureResources,
  RESOURCE_TEMPLATE,
  schema2020,
  templatedText,
} from './feature-content.ts';
import { featureTools, type Reach } from './feature-tools.ts';
import { registerInputRequired } from './v2-input-required.ts';

/** Tells the clients that listen that a list has changed. */
export interface ListChanges {
  toolsChanged(): void;
  promptsChanged(): void;
}

/** A client's answer finds no way back to a server without sessions; waiting the SDK's full minute for it tells no more. */
const PATIENCE = { timeout: 2_000 };

/** The state of a multi-round call goes through the client: it is signed, with one key for all servers of the process. */
const stateCodec = createRequestStateCodec({ key: 'a key that only the conformance server knows' });

/** A server of `@modelcontextprotocol/server` with what the scenarios of the 2025 and 2026 protocol ask for. */
export function createV2Server(changes: ListChanges): McpServer {
  const server = new McpServer(
    { name: 'conformance-v2', version: '1.0.0' },
    {
      capabilities: {
        logging: {},
        resources: { subscribe: true },
        tools: { listChanged: true },
        prompts: { listChanged: true },
      },
      requestState: { verify: stateCodec.verify },
    },
  );
  for (const { name, input, run } of featureTools) {
    const config = { description: `Feature tool ${name}`, inputSchema: z.object(input ?? {}) };
    server.registerTool(name, config, (args: any, ctx) => run(args, reachOf(ctx)) as any);
  }
  registerDiagnostics(server, changes);
  registerInputRequired(server, stateCodec);
  registerPrompts(server);
  registerResources(server);
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  return server;
}

/** Tools that the 2026 scenarios poke the server with. */
function registerDiagnostics(server: McpServer, changes: ListChanges): void {
  const done = { content: [{ type: 'text' as const, text: 'done' }] };
  const schema = fromJsonSchema<any>(schema2020 as any);
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Rich schema', inputSchema: schema },
    () => done,
  );
  const region = { type: 'string', 'x-mcp-header': 'Region' } as const;
  const withHeader = fromJsonSchema<any>({ type: 'object', properties: { region } } as any);
  server.registerTool('test_custom_headers', { description: 'Mirrors', inputSchema: withHeader }, () => done);
  server.registerTool('test_logging_tool', { description: 'Logs once' }, async (ctx) => {
    await ctx.mcpReq.log('info', 'a message');
    return done;
  });
  server.registerTool('test_trigger_tool_change', { description: 'Changes the tools' }, () => {
    changes.toolsChanged();
    return done;
  });
  server.registerTool('test_trigger_prompt_change', { description: 'Changes the prompts' }, () => {
    changes.promptsChanged();
    return done;
  });
}

function registerPrompts(server: McpServer): void {
  for (const { name, args, content } of featurePrompts) {
    const argsSchema = z.object(
      Object.fromEntries(args.map((arg) => [arg, completable(z.string(), completions)])),
    );
    server.registerPrompt(name, { description: `Feature prompt ${name}`, argsSchema }, (given: any) => ({
      messages: content(given).map((each) => ({ role: 'user' as const, content: each })),
    }));
  }
}

function registerResources(server: McpServer): void {
  for (const { name, uri, mimeType, content } of featureResources) {
    const config = { description: `Feature resource ${name}`, mimeType };
    server.registerResource(name, uri, config, () => ({ contents: [{ uri, mimeType, ...content }] }));
  }
  const template = new ResourceTemplate(RESOURCE_TEMPLATE, { list: undefined });
  const config = { description: 'A resource for each id', mimeType: 'application/json' };
  server.registerResource('template', template, config, (uri, { id }) => ({
    contents: [{ uri: uri.href, mimeType: 'application/json', text: templatedText(String(id)) }],
  }));
}

function reachOf(ctx: ServerContext): Reach {
  return {
    log: (data) => ctx.mcpReq.log('info', data),
    progress: async (progress, total) => {
      const progressToken = ctx.mcpReq._meta?.progressToken;
      if (progressToken === undefined) return;
      await ctx.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total },
      });
    },
    sample: async (prompt) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: prompt } }];
      const answer = await ctx.mcpReq.requestSampling({ messages, maxTokens: 100 }, PATIENCE);
      return JSON.stringify(answer.content);
    },
    elicit: async (message, properties, required) => {
      const requestedSchema = { type: 'object', properties, ...(required && { required }) } as any;
      return JSON.stringify(await ctx.mcpReq.elicitInput({ message, requestedSchema }, PATIENCE));
    },
    closeStream: () => ctx.http?.closeSSE?.(),
  };
}
