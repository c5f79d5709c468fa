import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import type { OtlpDestination } from '../config/resolve.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from '../version.ts';
import { createOtlpMetricExporter, createOtlpTraceExporter } from './otlp-http.ts';

/** What is sent to see whether it arrives. */
export interface Probe {
  signal: 'traces' | 'metrics';
  destination: OtlpDestination;
  /** Of what is sent. */
  attributes: Readonly<Record<string, string>>;
  timeoutMs: number;
}

/** What came of it. */
export interface ProbeResult {
  /** What the exporter says. */
  isExported: boolean;
  error: unknown;
  /** The last answer that was seen. */
  answer: { status: number; headers: IncomingHttpHeaders } | undefined;
  /** What OpenTelemetry warned of meanwhile: partial success, answers that it cannot read, wrong settings. */
  warnings: string[];
  /** Of the span that was sent. */
  traceId: string | undefined;
}

/** Sends one real span or data point by the exporter that servers use, and tells what came back. */
export async function probeExport(probe: Probe): Promise<ProbeResult> {
  const warnings: string[] = [];
  const note = (...parts: unknown[]): void => void warnings.push(parts.map(textOf).join(' '));
  const ignore = (): void => {};
  const hears = diag.setLogger(
    { error: note, warn: note, info: ignore, debug: ignore, verbose: ignore },
    { suppressOverrideMessage: true },
  );
  if (!hears) note('another version of @opentelemetry/api came first: what it warns of cannot be heard');
  const seen: { answer: ProbeResult['answer'] } = { answer: undefined };
  const onAnswer = (message: unknown): void => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    if (request.path !== pathOf(probe.destination.url)) return;
    seen.answer = { status: response.statusCode ?? 0, headers: response.headers };
  };
  subscribe('http.client.response.finish', onAnswer);
  try {
    const { send, traceId } = probe.signal === 'traces' ? spanOf(probe) : await dataPointOf(probe);
    const { code, error } = await within(probe.timeoutMs, send);
    return { isExported: code === ExportResultCode.SUCCESS, error, answer: seen.answer, warnings, traceId };
  } finally {
    unsubscribe('http.client.response.finish', onAnswer);
    diag.disable();
  }
}

type Send = (done: (result: ExportResult) => void) => void;

function spanOf({ destination, attributes }: Probe): { send: Send; traceId: string } {
  const exporter = createOtlpTraceExporter(destination, AbortSignal.abort());
  const memory = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceOf(attributes),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor(memory)],
  });
  const span = provider.getTracer(PACKAGE_NAME, PACKAGE_VERSION).startSpan('mcp-sessionscope doctor');
  span.end();
  const spans = memory.getFinishedSpans();
  return { send: (done) => exporter.export(spans, done), traceId: span.spanContext().traceId };
}

async function dataPointOf({ destination, attributes }: Probe): Promise<{ send: Send; traceId: undefined }> {
  const exporter = createOtlpMetricExporter(destination, 'cumulative', AbortSignal.abort());
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 31 - 1 });
  const provider = new MeterProvider({ resource: resourceOf(attributes), readers: [reader] });
  provider.getMeter(PACKAGE_NAME, PACKAGE_VERSION).createCounter('mcp_sessionscope.doctor.checks').add(1);
  const { resourceMetrics } = await reader.collect();
  return { send: (done) => exporter.export(resourceMetrics, done), traceId: undefined };
}

function resourceOf(attributes: Readonly<Record<string, string>>) {
  return defaultResource().merge(resourceFromAttributes(attributes));
}

/** The exporter's timers and sockets do not keep the process alive: this one does. */
function within(timeoutMs: number, send: Send): Promise<ExportResult> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ code: ExportResultCode.FAILED, error: new Error('Request timed out') });
    }, timeoutMs);
    send((result) => {
      clearTimeout(timer);
      resolve(result);
    });
  });
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

function textOf(part: unknown): string {
  if (part instanceof Error) return part.message;
  return typeof part === 'string' ? part : '';
}
