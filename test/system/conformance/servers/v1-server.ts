import { completable } from '@modelcontextprotocol/sdk/server/completable.js';
import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CreateMessageResultSchema,
  ElicitResultSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import {
  completions,
  featurePrompts,
  featureResources,
  RESOURCE_TEMPLATE,
  templatedText,
} from './feature-content.ts';
import { featureTools, type Reach } from './feature-tools.ts';

/** A server of `@modelcontextprotocol/sdk` with what the conformance scenarios ask for. */
export function createV1Server(): McpServer {
  const server = new McpServer(
    { name: 'conformance-v1', version: '1.0.0' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  );
  for (const { name, input, run } of featureTools) {
    const config = { description: `Feature tool ${name}`, inputSchema: (input ?? {}) as any };
    server.registerTool(name, config, (args: any, extra: any) => run(args, reachOf(extra)) as any);
  }
  registerPrompts(server);
  registerResources(server);
  server.server.setRequestHandler(SubscribeRequestSchema, () => ({}));
  server.server.setRequestHandler(UnsubscribeRequestSchema, () => ({}));
  return server;
}

function registerPrompts(server: McpServer): void {
  for (const { name, args, content } of featurePrompts) {
    const argsSchema = Object.fromEntries(args.map((arg) => [arg, completable(z.string(), completions)]));
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

function reachOf(extra: any): Reach {
  return {
    log: (data) =>
      extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } }),
    progress: async (progress, total) => {
      const progressToken = extra._meta?.progressToken;
      if (progressToken === undefined) return;
      await extra.sendNotification({
        method: 'notifications/progress',
        params: { progressToken, progress, total },
      });
    },
    sample: async (prompt) => {
      const messages = [{ role: 'user', content: { type: 'text', text: prompt } }];
      const params = { messages, maxTokens: 100 };
      const answer = await extra.sendRequest(
        { method: 'sampling/createMessage', params },
        CreateMessageResultSchema,
      );
      return answer.content.text;
    },
    elicit: async (message, properties, required) => {
      const requestedSchema = { type: 'object', properties, ...(required && { required }) };
      const params = { message, requestedSchema };
      return JSON.stringify(
        await extra.sendRequest({ method: 'elicitation/create', params }, ElicitResultSchema),
      );
    },
    closeStream: () => extra.closeSSEStream?.(),
  };
}
