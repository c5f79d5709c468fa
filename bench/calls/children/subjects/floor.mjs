import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { v4 as uuid } from 'uuid';
import { startProviders } from './providers.mjs';

const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const SIZE_BUCKETS = [
  128, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
];
const METHOD = 'tools/call';

/**
 * What a careful author writes by hand around each tool: the same span and data points, with the same attributes,
 * through the same SDK. It knows nothing of other methods, transports, cancellation or sessions beyond this one.
 */
export async function start({ endpoint, metricExportIntervalMs, sdk }) {
  const { tracerProvider, meterProvider, flush } = startProviders({ endpoint, metricExportIntervalMs });
  const tracer = tracerProvider.getTracer('floor', '1.0.0');
  const meter = meterProvider.getMeter('floor', '1.0.0');
  const duration = meter.createHistogram('mcp.server.operation.duration', {
    unit: 's',
    advice: { explicitBucketBoundaries: BUCKETS },
  });
  const active = meter.createUpDownCounter('mcp.server.operation.active', { unit: '{request}' });
  const sizes = { unit: 'By', advice: { explicitBucketBoundaries: SIZE_BUCKETS } };
  const requestSize = meter.createHistogram('mcp.server.request.size', sizes);
  const responseSize = meter.createHistogram('mcp.server.response.size', sizes);
  const processSession = uuid();
  const recorder = { tracer, duration, active, requestSize, responseSize, processSession, sdk };
  return {
    prepare() {},
    register: (server, tool) => server.registerTool(tool.name, tool.config, recorded(recorder, server, tool)),
    flush,
  };
}

function recorded(recorder, server, { name, handler }) {
  const { tracer, duration, active, requestSize, responseSize, processSession, sdk } = recorder;
  let session;
  return async (input, extra) => {
    session ??= openSession(tracer, server, sdk);
    const startedAt = performance.now();
    const id = sdk.requestIdOf(extra);
    const requestBytes = bytesOf({ jsonrpc: '2.0', id, method: METHOD, params: { name, arguments: input } });
    active.add(1, { 'mcp.session.id': processSession, 'mcp.method.name': METHOD });
    const span = tracer.startSpan(
      `${METHOD} ${name}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'mcp.session.id': processSession,
          'mcp.client.session.id': session.id,
          'mcp.client.session.source': 'connection',
          'mcp.method.name': METHOD,
          'mcp.request.id': uuid(),
          'jsonrpc.request.id': String(id),
          'mcp.request.size': requestBytes,
          'gen_ai.tool.name': name,
          'gen_ai.operation.name': 'execute_tool',
          'mcp.tool.name': name,
          'mcp.protocol.version': session.protocolVersion,
          'mcp.client.name': session.clientName,
          'mcp.client.version': session.clientVersion,
        },
      },
      session.context,
    );
    let responseBytes;
    let errorType;
    let exceptionType;
    try {
      const result = await context.with(
        trace.setSpan(session.context, span),
        handler,
        undefined,
        input,
        extra,
      );
      responseBytes = bytesOf({ jsonrpc: '2.0', id, result });
      span.setAttribute('mcp.response.size', responseBytes);
      if (result.isError) errorType = 'tool_error';
      return result;
    } catch (error) {
      errorType = 'tool_error';
      exceptionType = error.name;
      span.recordException(error);
      throw error;
    } finally {
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType);
        if (exceptionType !== undefined) span.setAttribute('exception.type', exceptionType);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
      const attributes = {
        'mcp.session.id': processSession,
        'mcp.method.name': METHOD,
        'gen_ai.tool.name': name,
        'gen_ai.operation.name': 'execute_tool',
        'mcp.protocol.version': session.protocolVersion,
      };
      if (errorType !== undefined) attributes['error.type'] = errorType;
      if (exceptionType !== undefined) attributes['exception.type'] = exceptionType;
      duration.record((performance.now() - startedAt) / 1000, attributes);
      const sized = { 'mcp.session.id': processSession, 'mcp.method.name': METHOD, 'gen_ai.tool.name': name };
      requestSize.record(requestBytes, sized);
      if (responseBytes !== undefined) responseSize.record(responseBytes, sized);
      active.add(-1, { 'mcp.session.id': processSession, 'mcp.method.name': METHOD });
    }
  };
}

function bytesOf(message) {
  return Buffer.byteLength(JSON.stringify(message));
}

/** The session's root span, under which its calls hang. */
function openSession(tracer, server, sdk) {
  const root = tracer.startSpan('mcp.session start', {}, ROOT_CONTEXT);
  root.end();
  const client = server.server.getClientVersion();
  return {
    id: uuid(),
    context: trace.setSpan(ROOT_CONTEXT, root),
    protocolVersion: sdk.protocolVersionOf(server),
    clientName: client.name,
    clientVersion: client.version,
  };
}
