import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { v4 as uuid } from 'uuid';
import { start as startBare } from './bare.mjs';
import { startProviders } from './providers.mjs';

const BUCKETS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const METHOD = 'tools/call';

/**
 * What a careful author writes by hand around each call of a client: the same span and data point, with the same attributes
 * and the trace context in `_meta`, through the same SDK. The server is bare.
 */
export async function start({ endpoint, metricExportIntervalMs, sdk }) {
  const { tracerProvider, meterProvider, flush } = startProviders({ endpoint, metricExportIntervalMs });
  const tracer = tracerProvider.getTracer('client-floor', '1.0.0');
  const duration = meterProvider
    .getMeter('client-floor', '1.0.0')
    .createHistogram('mcp.client.operation.duration', {
      unit: 's',
      advice: { explicitBucketBoundaries: BUCKETS },
    });
  const recorder = { tracer, duration, processSession: uuid(), connection: uuid(), sdk };
  return {
    ...(await startBare()),
    callTool: (client) => recorded(recorder, client),
    flush,
  };
}

function recorded({ tracer, duration, processSession, connection, sdk }, client) {
  const server = client.getServerVersion();
  const protocolVersion = sdk.protocolVersionOf({ server: client });
  return async ({ name, arguments: input }) => {
    const startedAt = performance.now();
    // The one that the client gives next.
    const id = client._requestMessageId;
    const span = tracer.startSpan(`${METHOD} ${name}`, {
      kind: SpanKind.CLIENT,
      attributes: {
        'mcp.session.id': processSession,
        'mcp.client.connection.id': connection,
        'mcp.method.name': METHOD,
        'jsonrpc.request.id': String(id),
        'gen_ai.tool.name': name,
        'gen_ai.operation.name': 'execute_tool',
        'mcp.tool.name': name,
        'mcp.protocol.version': protocolVersion,
        'mcp.client.name': 'bench-client',
        'mcp.client.version': '1.0.0',
        'mcp.server.name': server.name,
        'mcp.server.version': server.version,
      },
    });
    const own = trace.setSpan(context.active(), span);
    const _meta = {};
    propagation.inject(own, _meta);
    const params = { name, arguments: input, _meta };
    span.setAttribute('mcp.request.size', bytesOf({ jsonrpc: '2.0', id, method: METHOD, params }));
    let errorType;
    try {
      const result = await context.with(own, () => client.callTool(params));
      span.setAttribute('mcp.response.size', bytesOf({ jsonrpc: '2.0', id, result }));
      if (result.isError) errorType = 'tool_error';
      return result;
    } catch (error) {
      errorType = error.name;
      span.recordException(error);
      throw error;
    } finally {
      if (errorType !== undefined) {
        span.setAttribute('error.type', errorType);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
      const attributes = {
        'mcp.session.id': processSession,
        'mcp.method.name': METHOD,
        'gen_ai.tool.name': name,
        'gen_ai.operation.name': 'execute_tool',
        'mcp.protocol.version': protocolVersion,
      };
      if (errorType !== undefined) attributes['error.type'] = errorType;
      duration.record((performance.now() - startedAt) / 1000, attributes);
    }
  };
}

function bytesOf(message) {
  return Buffer.byteLength(JSON.stringify(message));
}
