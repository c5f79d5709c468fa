import type { IncomingHttpHeaders } from 'node:http';
import type { Finding } from '../http/failures.ts';
import { visible } from '../terminal/visible.ts';

/** What a receiver answered, as far as it is known. */
export interface OtlpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What was taken, with what the receiver says it did not keep. */
export interface Accepted {
  readonly status: 'accepted';
  /** Spans or data points that it threw away. */
  readonly rejected: number;
  /** Its words; a warning where nothing was rejected. */
  readonly message: string | undefined;
}

export type Judgement =
  | Accepted
  /** Nothing was taken; the same may be tried again, after so long where the receiver says so. */
  | { readonly status: 'retry'; readonly afterMs: number | undefined; readonly finding: Finding }
  /** Nothing was taken, and trying again does not help. */
  | { readonly status: 'refused'; readonly finding: Finding };

const RETRYABLE: readonly number[] = [429, 502, 503, 504];
const MAX_EXCERPT = 200;

/** What the answer of an OTLP/HTTP receiver means. */
export function judgeAnswer(answer: OtlpAnswer, url: URL, now: number): Judgement {
  const { status, headers } = answer;
  if (RETRYABLE.includes(status)) {
    const afterMs = retryAfterMs(headers['retry-after'], now);
    return { status: 'retry', afterMs, finding: explainStatus(answer, url) };
  }
  const isTaken = status >= 200 && status < 300 && !isWebPage(answer);
  return isTaken ? acceptedBy(answer.body) : { status: 'refused', finding: explainStatus(answer, url) };
}

/** What a status other than success means, or a success that is none: a web page. */
export function explainStatus(answer: OtlpAnswer, url: URL): Finding {
  const { status, headers } = answer;
  const place = `${url.origin}${url.pathname}`;
  const said = excerpt(answer);
  const found = (what: string, fix?: string): Finding => ({ what: `${place} ${what}${said}`, fix });
  if (status >= 300 && status < 400) {
    return found(
      `sends on to ${visible(headers.location ?? 'another place')} (HTTP ${status})`,
      'Name that place as the endpoint: exporters do not follow.',
    );
  }
  if (isWebPage(answer) && status < 400) {
    return found(`answered with a web page (HTTP ${status})`, NO_RECEIVER);
  }
  switch (status) {
    case 400:
      return found('did not take the request (HTTP 400)', badRequestAdvice(answer, url));
    case 401:
      return found('asks for credentials (HTTP 401)', AUTHENTICATE);
    case 403:
      return found('does not allow it (HTTP 403)', AUTHENTICATE);
    case 404:
    case 405:
      return found(`has nothing of the kind (HTTP ${status})`, NO_RECEIVER);
    case 413:
      return found('finds the request too large (HTTP 413)', 'Raise the limit of the receiver.');
    case 415:
      return found(
        'does not take OTLP as JSON (HTTP 415)',
        'Send to a receiver that does, such as an OpenTelemetry Collector, and let that send on.',
      );
    case 429:
      return found('has too much to do (HTTP 429)', 'Try again later, or send less.');
    case 502:
    case 503:
    case 504:
      return found(
        `is not ready, or what is behind it is not (HTTP ${status})`,
        'Look at its log, and at that of what it sends to.',
      );
    default:
      return found(`answered with HTTP ${status}`, status >= 500 ? 'Look at its log.' : undefined);
  }
}

/** Whether people are meant to read it. */
export function isWebPage({ headers, body }: OtlpAnswer): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body);
}

const NO_RECEIVER =
  'Name the base of an OTLP/HTTP receiver, such as http://localhost:4318: /v1/traces and /v1/metrics are added to it.';

const AUTHENTICATE =
  'Set OTEL_EXPORTER_OTLP_HEADERS, for instance to authorization=Bearer%20TOKEN; in code, exporterAuth or exporterHeaders.';

function badRequestAdvice({ body }: OtlpAnswer, url: URL): string | undefined {
  return url.protocol === 'http:' && /https/i.test(body) ? 'Use https:// instead of http://.' : undefined;
}

function acceptedBy(body: string): Accepted {
  const partial = partialSuccessOf(body);
  const rejected = Number(partial['rejectedSpans'] ?? partial['rejectedDataPoints'] ?? 0);
  const message = partial['errorMessage'];
  return {
    status: 'accepted',
    rejected: Number.isFinite(rejected) ? rejected : 0,
    message: typeof message === 'string' && message !== '' ? visible(message.slice(0, 500)) : undefined,
  };
}

function partialSuccessOf(body: string): Record<string, unknown> {
  try {
    const { partialSuccess } = JSON.parse(body) as { partialSuccess?: unknown };
    return typeof partialSuccess === 'object' && partialSuccess !== null ? { ...partialSuccess } : {};
  } catch {
    // An empty answer, or one in another format, is a success all the same.
    return {};
  }
}

function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const time = Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}

function excerpt(answer: OtlpAnswer): string {
  const text = answer.body.replace(/\s+/g, ' ').trim();
  if (text === '' || text === '{}' || isWebPage(answer)) return '';
  return `: ${visible(text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}…` : text)}`;
}
