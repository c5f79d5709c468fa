import { afterEach, describe, expect, test } from '@jest/globals';
import { McpServer as McpServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport as StdioV1 } from '@modelcontextprotocol/sdk/server/stdio.js';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { McpServer } from '@modelcontextprotocol/server';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { context, trace } from '@opentelemetry/api';
import { onClientGone } from '../../../src/sdk/intercept/client-gone.ts';
import { INITIALIZE, MODERN, type Pipes, pipes } from '../../support/pipes.ts';
import { closeRecordings, type Recording, record } from '../../support/recording.ts';
import { gate, settled, until } from '../../support/until.ts';
import { v1Server } from '../../support/v1.ts';
import { v2Server } from '../../support/v2.ts';

afterEach(closeRecordings);

const ECHO = { id: 1, method: 'tools/call', params: { name: 'echo', arguments: { text: 'hi' } } };
const MODERN_ECHO = { ...ECHO, params: { ...ECHO.params, _meta: MODERN } };
const DISCOVER = { id: 'probe', method: 'server/discover', params: { _meta: MODERN } };

async function stdioV1(recording: Recording, server = v1Server()): Promise<Pipes> {
  const ends = pipes();
  recording.telemetry.instrument(server);
  await server.connect(new StdioV1(ends.stdin, ends.stdout));
  return ends;
}

function stdioV2(recording: Recording, create: () => McpServer = v2Server) {
  const ends = pipes();
  const eras: string[] = [];
  const handle = serveStdio(
    ({ era }) => {
      eras.push(era);
      const server = create();
      recording.telemetry.instrument(server);
      return server;
    },
    { transport: new StdioServerTransport(ends.stdin, ends.stdout) },
  );
  return { ...ends, eras, handle };
}

describe('stdio (v1)', () => {
  test('is a pipe, whose session is minted for the connection', async () => {
    const recording = record();
    const { send, answer, stdin } = await stdioV1(recording);
    send(INITIALIZE);
    await answer('init');
    send({ method: 'notifications/initialized' }, ECHO);
    await answer(1);
    const { attributes } = recording.one('tools/call echo');
    expect(attributes).toMatchObject({
      'mcp.client.session.source': 'connection',
      'mcp.client.name': 'piped',
      'network.transport': 'pipe',
      'mcp.protocol.version': '2025-11-25',
    });
    for (const absent of ['network.protocol.name', 'client.address', 'client.port', 'user_agent.original']) {
      expect(attributes).not.toHaveProperty([absent]);
    }
    stdin.end();
    const end = await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.session.calls': 2,
      'network.transport': 'pipe',
    });
  });

  test('what stdin’s end finds unanswered still counts in the session', async () => {
    const recording = record();
    const server = new McpServerV1({ name: 'slow', version: '1' });
    const end = gate();
    server.registerTool('slow', {}, async () => {
      await end.opened;
      return { content: [], isError: true };
    });
    const { send, answer, stdin } = await stdioV1(recording, server);
    send(INITIALIZE, { id: 1, method: 'tools/call', params: { name: 'slow' } });
    stdin.end();
    await until(() => stdin.readableEnded, 'the end of stdin');
    await answer('init');
    await settled();
    expect(recording.named('mcp.session end')).toEqual([]);
    end.open();
    await answer(1);
    expect(recording.one('mcp.session end').attributes).toMatchObject({
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.session.calls': 2,
      'mcp.client.session.errors': 1,
    });
    expect(recording.one('tools/call slow').attributes['error.type']).toBe('tool_error');
  });

  test('stdin’s end is noticed before the first message, and while the server itself waits for answers', async () => {
    for (const asks of [false, true]) {
      const recording = record();
      const server = v1Server();
      const { send, stdin } = await stdioV1(recording, server);
      if (asks) {
        send({ method: 'notifications/initialized' });
        server.server.request({ method: 'ping' }, EmptyResultSchema).catch(() => {});
      }
      let gone = false;
      const stop = onClientGone(() => {
        gone = true;
      });
      stdin.end();
      await until(() => gone, 'the news');
      stop();
      await server.close();
    }
  });

  test('a server that closes before its client is transport_close, and stdin’s end adds nothing', async () => {
    const recording = record();
    const server = v1Server();
    const { send, answer, stdin } = await stdioV1(recording, server);
    send(INITIALIZE);
    await answer('init');
    await server.close();
    stdin.resume().end();
    await until(() => stdin.readableEnded, 'the end of stdin');
    expect(recording.one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe(
      'transport_close',
    );
  });

  test('ignores the span in which the server was started', async () => {
    const recording = record();
    const { telemetry, one } = recording;
    const started = recording.provider.getTracer('app').startSpan('start-up');
    const { send, answer } = await context.with(trace.setSpan(context.active(), started), () =>
      stdioV1(recording),
    );
    await context.with(trace.setSpan(context.active(), started), async () => {
      send(INITIALIZE, ECHO);
      await answer(1);
    });
    const echo = one('tools/call echo');
    expect(echo.parentSpanContext?.spanId).toBe(one('mcp.session start').spanContext().spanId);
    expect(echo.links).toEqual([]);
    expect(echo.spanContext().traceId).not.toBe(started.spanContext().traceId);
    await telemetry.shutdown();
  });

  test('puts one listener on stdin, however many servers read it one after the other', async () => {
    const { telemetry } = record();
    const ends = pipes();
    const listeners = (): number => ends.stdin.listenerCount('end');
    const before = listeners();
    for (let n = 0; n < 20; n += 1) {
      const server = v1Server();
      telemetry.instrument(server);
      await server.connect(new StdioV1(ends.stdin, ends.stdout));
      ends.stdin.resume();
      ends.send({ ...INITIALIZE, id: `init ${n}` });
      await ends.answer(`init ${n}`);
      await server.close();
    }
    expect(listeners() - before).toBe(1);
  });
});

describe('stdio (v2)', () => {
  test('a modern client, which never initializes, has a session from its first request on', async () => {
    const recording = record();
    const { send, answer, stdin, eras } = stdioV2(recording);
    send(MODERN_ECHO);
    await expect(answer(1)).resolves.toMatchObject({ result: { content: [{ text: 'hi' }] } });
    expect(eras).toEqual(['modern']);
    expect(recording.one('tools/call echo').attributes).toMatchObject({
      'mcp.client.session.source': 'connection',
      'mcp.client.name': 'modern',
      'mcp.client.version': '3',
      'mcp.protocol.version': '2026-07-28',
      'network.transport': 'pipe',
    });
    stdin.end();
    const end = await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(end.attributes).toMatchObject({
      'mcp.client.session.end_reason': 'stdin_eof',
      'mcp.client.session.calls': 1,
      'mcp.client.session.tools': 'echo',
      'mcp.protocol.version': '2026-07-28',
    });
  });

  test('a probe, then initialize on another server, are one session', async () => {
    const recording = record();
    const { send, answer, stdin, eras } = stdioV2(recording);
    send(DISCOVER);
    await answer('probe');
    send(INITIALIZE, { method: 'notifications/initialized' }, ECHO);
    await answer(1);
    expect(eras).toEqual(['modern', 'legacy']);
    const ids = recording.spans().map((span) => span.attributes['mcp.client.session.id']);
    expect(new Set(ids).size).toBe(1);
    expect(recording.named('mcp.session start')).toHaveLength(1);
    expect(recording.named('mcp.session end')).toEqual([]);
    expect(recording.telemetry.activeSessions()).toMatchObject([
      { calls: 3, clientName: 'piped', protocolVersion: '2025-11-25' },
    ]);
    stdin.end();
    await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(recording.one('mcp.session end').attributes['mcp.client.session.end_reason']).toBe('stdin_eof');
  });

  test('a probe, then modern requests, are one session on one server', async () => {
    const recording = record();
    const { send, answer, eras } = stdioV2(recording);
    send(DISCOVER);
    await answer('probe');
    send(MODERN_ECHO);
    await answer(1);
    expect(eras).toEqual(['modern']);
    expect(recording.named('mcp.session start')).toHaveLength(1);
    expect(recording.one('server/discover').attributes['mcp.client.name']).toBe('modern');
  });

  test('a client that only probes and leaves has its session ended', async () => {
    const recording = record();
    const { send, answer, stdin } = stdioV2(recording);
    send(DISCOVER);
    await answer('probe');
    stdin.end();
    const end = await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(end.attributes['mcp.client.session.end_reason']).toBe('stdin_eof');
    expect(recording.telemetry.activeSessions()).toEqual([]);
  });

  test('requests that stdin’s end finds open are connection_closed: v2 closes', async () => {
    const recording = record();
    const open = gate();
    const { send, stdin } = stdioV2(recording, () => {
      const server = new McpServer({ name: 'slow', version: '1' });
      server.registerTool('slow', {}, async () => {
        open.open();
        return new Promise(() => {});
      });
      return server;
    });
    send({ id: 1, method: 'tools/call', params: { name: 'slow', _meta: MODERN } });
    await open.opened;
    stdin.end();
    await until(() => recording.named('mcp.session end')[0], 'the end');
    expect(recording.one('tools/call slow').attributes['error.type']).toBe('connection_closed');
  });

  test('notifications to subscribers are client spans', async () => {
    const recording = record();
    const servers: McpServer[] = [];
    const { send, answer, received, stdin } = stdioV2(recording, () => {
      const server = v2Server();
      servers.push(server);
      return server;
    });
    send(MODERN_ECHO, {
      id: 'listen',
      method: 'subscriptions/listen',
      params: { _meta: MODERN, notifications: { toolsListChanged: true } },
    });
    await answer(1);
    await until(
      () => received().find(({ method }) => method === 'notifications/subscriptions/acknowledged'),
      'the acknowledgement',
    );
    servers[0]?.sendToolListChanged();
    await until(
      () => received().find(({ method }) => method === 'notifications/tools/list_changed'),
      'the change',
    );
    expect(recording.one('notifications/tools/list_changed').attributes).toMatchObject({
      'mcp.client.session.id': recording.telemetry.activeSessions()[0]?.id,
      'network.transport': 'pipe',
    });
    stdin.end();
  });
});
