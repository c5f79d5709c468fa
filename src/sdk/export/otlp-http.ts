import type http from 'node:http';
import {
  AggregationTemporalityPreference,
  OTLPMetricExporter,
} from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Temporality } from '../config/environment.ts';
import type { OtlpDestination } from '../config/resolve.ts';
import { isForeignAnswer, isPageText, NOT_TAKEN, partialSuccessOf } from '../diagnostics/failures.ts';
import { logOnce } from '../diagnostics/log.ts';
import { readCertificates } from './certificates.ts';
import {
  countExports,
  type Exporting,
  type InnerTransport,
  type Sent,
  watchStatus,
} from './otlp-attempts.ts';
import { processAgent } from './process-agent.ts';
import { isRefused, isUndelivered, markUnsure } from './refused.ts';

/** Connections to the collector at once. */
const MAX_SOCKETS = 4;
/** The exporter's own limit is out of the way: what is under way is bounded by the number of spans. */
const CONCURRENCY_LIMIT = 100_000;
/** Of an answer: what says what was not kept is short, and a page shows by its beginning. */
const MAX_READ_BYTES = 65_536;

/** Told what happens between the beginning of an export and its end. */
export interface AttemptListener {
  /** What failed and was tried again has failed again; it may be tried further. */
  failedAgain(reason: unknown): void;
  /** The receiver took the export and threw `count` of its spans or data points away. */
  rejected(count: number, message: string | undefined): void;
  /** The receiver took all of the export and says something about it. */
  warned(message: string): void;
  /** The receiver took the export and answered with something that is not OTLP's. */
  answeredOddly(): void;
}

const NOBODY: AttemptListener = {
  failedAgain: () => {},
  rejected: () => {},
  warned: () => {},
  answeredOddly: () => {},
};

/**
 * What the exporters would read of the environment is given to them: they ignore what is wrong without a word.
 *
 * @param closing aborted when the shutdown begins: what was refused is not tried again then.
 */
export function createOtlpTraceExporter(
  destination: OtlpDestination,
  closing: AbortSignal,
  listener = NOBODY,
): SpanExporter {
  const exporter = new OTLPTraceExporter(shared(destination, 'traces'));
  changeTransport(exporter, destination, (spans: ReadableSpan[]) => spans.length, closing, listener);
  return exporter;
}

export function createOtlpMetricExporter(
  destination: OtlpDestination,
  temporality: Temporality,
  closing: AbortSignal,
  listener = NOBODY,
): PushMetricExporter {
  const exporter = new OTLPMetricExporter({
    ...shared(destination, 'metrics'),
    temporalityPreference: TEMPORALITIES[temporality],
  });
  changeTransport(exporter, destination, pointsIn, closing, listener);
  return exporter;
}

function pointsIn({ scopeMetrics }: ResourceMetrics): number {
  const metrics = scopeMetrics.flatMap((scoped) => scoped.metrics);
  return metrics.reduce((sum, { dataPoints }) => sum + dataPoints.length, 0);
}

const TEMPORALITIES = {
  cumulative: AggregationTemporalityPreference.CUMULATIVE,
  delta: AggregationTemporalityPreference.DELTA,
  lowmemory: AggregationTemporalityPreference.LOWMEMORY,
} as const;

type ExporterOptions = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;

function shared({ url, headers, timeoutMs, compression }: OtlpDestination, signal: 'traces' | 'metrics') {
  return {
    url,
    headers: { ...headers },
    timeoutMillis: timeoutMs,
    compression: compression as NonNullable<ExporterOptions['compression']>,
    concurrencyLimit: CONCURRENCY_LIMIT,
    httpAgentOptions: (protocol: string): http.Agent => createAgent(protocol, signal),
  };
}

/** As the process's own requests go: through its proxy, and with the certificates that the environment names. */
function createAgent(protocol: string, signal: 'traces' | 'metrics'): http.Agent {
  const tls = readCertificates(process.env, signal, (variable, error) => {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    logOnce(`${variable} is ignored: it takes a file that can be read (${code})`);
  });
  return processAgent(protocol, { keepAlive: true, maxSockets: MAX_SOCKETS, keepsAlive: false, tls });
}

/**
 * The exporters wait for a retry on a timer that keeps the process alive, for up to five seconds a time, and have no
 * option for it. Where their inner parts look as they do in the pinned version, the timer is replaced by one that lets
 * go, and that does not wait for a collector which is not there when the process ends; elsewhere a process may exit
 * late.
 *
 * The exporters also count any answer below 300 as a success, and tell of what it holds nobody but the application's
 * logger: a web page becomes a failure here. Of an answer that asks to try again they do not keep the status.
 *
 * @param countOf - the spans or data points of an export
 */
function changeTransport<T>(
  exporter: Exporting<T>,
  { headers }: OtlpDestination,
  countOf: (items: T) => number,
  closing: AbortSignal,
  listener: AttemptListener,
): void {
  const transport = (exporter as { _delegate?: { _transport?: RetryingTransport } })._delegate?._transport;
  const inner = transport?._transport;
  if (transport === undefined || typeof transport.retry !== 'function' || typeof inner?.send !== 'function')
    return;
  const countSent = countExports(exporter, countOf);
  const statusOf = watchStatus(inner);
  keepGivenHeaders(inner, headers);
  const refusals = new WeakMap<Uint8Array, unknown>();
  const unsure = new WeakSet<Uint8Array>();
  const send = inner.send.bind(inner);
  inner.send = async (data, timeoutMillis) => {
    const count = countSent(data);
    const answered = statusOf(() => send(data, timeoutMillis));
    const sent = judged(await answered.sent, answered.status, count, listener);
    if (isRefused(sent.error)) refusals.set(data, sent.error);
    else refusals.delete(data);
    if (sent.status === 'success') return sent;
    if (!isUndelivered(sent.error)) unsure.add(data);
    if (unsure.has(data)) markUnsure(sent.error);
    return sent;
  };
  transport.retry = (data, timeoutMillis, inMillis) =>
    new Promise((resolve, reject) => {
      const error = refusals.get(data);
      const giveUp = (): void => {
        clearTimeout(timer);
        resolve({ status: 'failure', error });
      };
      const timer = setTimeout(() => {
        closing.removeEventListener('abort', giveUp);
        inner.send(data, timeoutMillis).then((sent) => {
          if (sent.status !== 'success') listener.failedAgain(sent.error);
          resolve(sent);
        }, reject);
      }, inMillis).unref();
      if (error === undefined) return;
      if (closing.aborted) giveUp();
      else closing.addEventListener('abort', giveUp, { once: true });
    });
}

/** The exporter puts what it reads of the environment itself below what it is given: a header that HTTP does not allow, too. */
function keepGivenHeaders(
  { _parameters: parameters }: InnerTransport,
  given: Readonly<Record<string, string>>,
): void {
  if (typeof parameters?.headers !== 'function') return;
  const { headers } = parameters;
  parameters.headers = async () => {
    const all = Object.entries(await headers());
    return Object.fromEntries(
      all.filter(([name]) => Object.hasOwn(given, name) || name.toLowerCase() === 'content-type'),
    );
  };
}

/** What was sent, with what the answer says beyond its status. */
function judged(
  sent: Sent,
  status: () => number | undefined,
  count: number | undefined,
  listener: AttemptListener,
): Sent {
  if (sent.status === 'retryable' && (sent.error === undefined || status() !== undefined)) {
    const { retryInMillis: afterMs } = sent;
    return {
      ...sent,
      error: Object.assign(new Error('not taken'), { code: status() ?? NOT_TAKEN, afterMs }),
    };
  }
  if (sent.status !== 'success' || sent.data === undefined) return sent;
  const body = Buffer.from(sent.data.subarray(0, MAX_READ_BYTES)).toString();
  if (isPageText(body)) {
    return { status: 'failure', error: Object.assign(new Error('a web page'), { code: 200, data: body }) };
  }
  if (sent.data.length <= MAX_READ_BYTES && isForeignAnswer(body)) listener.answeredOddly();
  const { rejected, message } = partialSuccessOf(body);
  // More than was sent cannot be lost, whatever the answer says.
  if (rejected > 0) listener.rejected(Math.min(rejected, count ?? rejected), message);
  else if (message !== undefined) listener.warned(message);
  return sent;
}

interface RetryingTransport {
  retry(data: Uint8Array, timeoutMillis: number, inMillis: number): Promise<Sent>;
  _transport?: InnerTransport;
}
