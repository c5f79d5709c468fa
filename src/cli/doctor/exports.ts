import type { Signal } from '../../explorer/recording/signal.ts';
import { visible } from '../../explorer/text/visible.ts';
import type { OtlpDestination } from '../../sdk/config/resolve.ts';
import {
  explainNoReceiver,
  type Finding,
  partialSuccessOf,
  REJECTED_FIX,
  TIMED_OUT,
  TIMED_OUT_WORDS,
} from '../../sdk/diagnostics/failures.ts';
import { sendProbe } from '../../sdk/export/load-probe.ts';
import type { ProbeResult } from '../../sdk/export/probe.ts';
import { ATTR_SERVICE_NAME } from '../../sdk/signals/semconv.ts';
import { sendRequest } from '../http/request.ts';
import { explainAnswer, hiderOfSent, isWebPage, type OtlpAnswer } from '../otlp/answer.ts';
import { type Check, failed, ok, warning } from './check.ts';
import { shownPlace } from './variables.ts';

/** `service.name` of what the doctor sends. */
export const DOCTOR_SERVICE = 'mcp-sessionscope doctor';

const SENT: Readonly<Record<Signal, string>> = { traces: 'a test span', metrics: 'a test data point' };
const PARTIAL = 'Received Partial Success response:';
const UNREADABLE = /deserialize response|parse \w+ export response/;
const MAX_SILENCE_MS = 2_000;

/** Sends one real span or data point and says what became of it. */
export async function checkExport(
  signal: Signal,
  destination: OtlpDestination,
  attributes: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<Check> {
  const { url } = destination;
  let result: ProbeResult;
  try {
    result = await sendProbe({
      signal,
      destination,
      timeoutMs,
      attributes: { ...attributes, [ATTR_SERVICE_NAME]: DOCTOR_SERVICE },
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    return failed(signal, notInstalled(error as Error));
  }
  return result.isExported
    ? acceptedCheck(signal, url, result)
    : failed(signal, await failureOf(result, destination, timeoutMs));
}

function notInstalled({ message }: Error): Finding {
  return {
    what: `OpenTelemetry cannot be loaded: ${visible(message.split('\n')[0] ?? '')}`,
    fix: 'Install it beside mcp-sessionscope: npm install @opentelemetry/api@1.9',
  };
}

function acceptedCheck(signal: Signal, url: string, result: ProbeResult): Check {
  const answer = answerOf(result);
  if (answer !== undefined && isWebPage(answer)) return failed(signal, explainAnswer(answer, new URL(url)));
  const partial = result.warnings.find((text) => text.includes(PARTIAL));
  if (partial !== undefined) return partialCheck(signal, url, partial);
  const trace = result.traceId === undefined ? '' : ` in trace ${result.traceId}`;
  const detail = `${shownPlace(url)} took ${SENT[signal]}${trace}`;
  const [warned] = result.warnings;
  if (warned === undefined) return ok(signal, detail);
  if (!UNREADABLE.test(warned)) {
    return warning(signal, { what: `${detail}; OpenTelemetry warns: ${visible(warned)}`, fix: undefined });
  }
  return warning(signal, {
    what: `${detail}, and answered in a way that is not OTLP's`,
    fix: 'Look for the trace in the backend: it may not be an OTLP receiver that answers.',
  });
}

function partialCheck(signal: Signal, url: string, text: string): Check {
  const { rejected, message } = partialSuccessOf(`{"partialSuccess":${text.slice(text.indexOf('{'))}}`);
  const said = message === undefined ? '' : `: ${visible(message)}`;
  if (rejected === 0) {
    const what = `${shownPlace(url)} took ${SENT[signal]} and warns${said}`;
    return warning(signal, { what, fix: undefined });
  }
  return failed(signal, {
    what: `${shownPlace(url)} took ${SENT[signal]} and threw it away${said}`,
    fix: REJECTED_FIX,
  });
}

async function failureOf(
  result: ProbeResult,
  destination: OtlpDestination,
  timeoutMs: number,
): Promise<Finding> {
  const url = new URL(destination.url);
  const answer = answerOf(result);
  if (answer === undefined) {
    const isLate = (result.error as Error | undefined)?.message === TIMED_OUT_WORDS;
    return explainNoReceiver(isLate ? await reasonOfSilence(url, timeoutMs) : result.error, url);
  }
  const finding = explainAnswer(answer, url, hiderOfSent(destination.headers));
  if (answer.status !== 404 && answer.status !== 405) return finding;
  return {
    ...finding,
    fix: `${finding.fix ?? ''} Where it takes one signal only, turn the other off: OTEL_TRACES_EXPORTER=none or OTEL_METRICS_EXPORTER=none.`,
  };
}

/** The exporter tries again until its time is up and does not tell why: a plain request does. */
async function reasonOfSilence(url: URL, timeoutMs: number): Promise<unknown> {
  try {
    const timeout = Math.min(timeoutMs, MAX_SILENCE_MS);
    await sendRequest({ url, method: 'POST', headers: {}, body: '{}', timeoutMs: timeout });
  } catch (error) {
    return error;
  }
  return Object.assign(new Error(TIMED_OUT_WORDS), { code: TIMED_OUT });
}

function answerOf({ answer, error }: ProbeResult): OtlpAnswer | undefined {
  if (answer === undefined) return undefined;
  const data = typeof error === 'object' && error !== null ? (error as { data?: unknown }).data : undefined;
  return { ...answer, body: typeof data === 'string' ? data : '' };
}
