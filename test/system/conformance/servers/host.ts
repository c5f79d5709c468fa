import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../../../../tools/support/otlp-sink.ts';

/** An MCP endpoint that listens on the loopback interface. */
export interface Host {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers one HTTP request; the body is parsed, if there is one. */
export type Handle = (request: IncomingMessage, response: ServerResponse, body: unknown) => Promise<void>;

/** Serves an MCP endpoint over Streamable HTTP on a free port. */
export async function startHost(handle: Handle): Promise<Host> {
  const server = createServer((request, response) => {
    serve(handle, request, response).catch((error: unknown) => {
      console.error('the host failed to answer:', error);
      if (!response.headersSent) refuse(response, 500, -32603, 'Internal server error');
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => closeServer(server) };
}

/** The part of a Streamable HTTP transport that a host needs; both SDKs have it. */
export interface SessionTransport {
  handleRequest(request: IncomingMessage, response: ServerResponse, body?: unknown): Promise<void>;
}

/** What a session's transport is built with. */
export interface SessionOptions {
  sessionIdGenerator: () => string;
  eventStore: MemoryEventStore;
  retryInterval: number;
  onsessioninitialized: (id: string) => void;
  onsessionclosed: (id: string) => void;
}

/**
 * Answers with one server and one transport for each session, as servers with sessions commonly do.
 *
 * @param open builds a server, connects it and returns its transport.
 */
export function statefulHandler(open: (options: SessionOptions) => Promise<SessionTransport>): Handle {
  const sessions = new Map<string, SessionTransport>();
  return async (request, response, body) => {
    const id = request.headers['mcp-session-id'];
    if (typeof id === 'string') {
      const known = sessions.get(id);
      if (known === undefined) refuse(response, 404, -32001, 'Session not found');
      else await known.handleRequest(request, response, body);
      return;
    }
    if (request.method !== 'POST') {
      refuse(response, 400, -32000, 'Bad Request: No valid session ID provided');
      return;
    }
    const transport: SessionTransport = await open({
      sessionIdGenerator: () => randomUUID(),
      eventStore: new MemoryEventStore(),
      retryInterval: 100,
      onsessioninitialized: (newId) => void sessions.set(newId, transport),
      onsessionclosed: (closedId) => void sessions.delete(closedId),
    });
    await transport.handleRequest(request, response, body);
  };
}

/** Keeps what was sent, so that a client that comes back gets what it missed. */
export class MemoryEventStore {
  readonly #events: { id: string; streamId: string; message: any }[] = [];

  async storeEvent(streamId: string, message: unknown): Promise<string> {
    const id = randomUUID();
    this.#events.push({ id, streamId, message });
    return id;
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: any) => Promise<void> },
  ): Promise<string> {
    const last = this.#events.findIndex(({ id }) => id === lastEventId);
    const streamId = this.#events[last]?.streamId ?? '';
    const missed = last === -1 ? [] : this.#events.slice(last + 1);
    for (const { id, message, streamId: of } of missed) {
      // An event without a message only opened the stream.
      if (of === streamId && message?.jsonrpc !== undefined) await send(id, message);
    }
    return streamId;
  }
}

async function serve(handle: Handle, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.split('?')[0] !== '/mcp') {
    response.writeHead(404).end();
    return;
  }
  let body: unknown;
  if (request.method === 'POST') {
    try {
      body = JSON.parse(await readText(request));
    } catch {
      refuse(response, 400, -32700, 'Parse error');
      return;
    }
  }
  await handle(request, response, body);
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function refuse(response: ServerResponse, status: number, code: number, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null }));
}
