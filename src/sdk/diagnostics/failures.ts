import { withoutSecrets } from '../config/shown.ts';

/** What went wrong, and what to do about it. */
export interface Finding {
  /** One clause without a full stop. */
  readonly what: string;
  /** One or two sentences; `undefined` where there is nothing to advise. */
  readonly fix: string | undefined;
}

/** The code of the error where the time ran out. */
export const TIMED_OUT = 'ERR_TIMED_OUT';
/** What the OpenTelemetry exporters say there; their error has no code. */
export const TIMED_OUT_WORDS = 'Request timed out';

/** The code of the error where each try was answered with a status that asks to try again. */
export const NOT_TAKEN = 'NOT_TAKEN';

const DEFAULT_PORT = 4318;

const NO_RECEIVER =
  'Name the base of an OTLP/HTTP receiver, such as http://localhost:4318: /v1/traces and /v1/metrics are added to it.';

const AUTHENTICATE =
  'Set OTEL_EXPORTER_OTLP_HEADERS, for instance to authorization=Bearer%20TOKEN; in code, exporterAuth or exporterHeaders.';

const NOT_READY: Finding = {
  what: 'is not ready, or what is behind it is not',
  fix: 'Look at its log, and at that of what it sends to.',
};

/** By status: what an answer means. */
const STATUSES: Readonly<Record<number, Finding>> = {
  401: { what: 'asks for credentials', fix: AUTHENTICATE },
  403: { what: 'does not allow it', fix: AUTHENTICATE },
  404: { what: 'takes no OTLP at this path', fix: NO_RECEIVER },
  405: { what: 'takes no OTLP at this path', fix: NO_RECEIVER },
  413: { what: 'finds the request too large', fix: 'Raise the limit of the receiver.' },
  415: {
    what: 'does not take OTLP as JSON',
    fix: 'Send to a receiver that does, such as an OpenTelemetry Collector, and let it forward the data.',
  },
  429: { what: 'is overloaded', fix: 'Try again later, or send less.' },
  502: NOT_READY,
  503: NOT_READY,
  504: NOT_READY,
};

const UNTRUSTED =
  'Name the authority that signed it in a PEM file: NODE_EXTRA_CA_CERTS=FILE for everything, or OTEL_EXPORTER_OTLP_CERTIFICATE=FILE for OTLP.';

/** Why there was no answer, in words; for errors of name resolution, connections, TLS and HTTP alike. */
export function explainNoAnswer(error: unknown, url: URL): Finding {
  const place = placeOf(url);
  const { code, message } = rootCause(error);
  if (message === TIMED_OUT_WORDS) return late(place);
  const known = byCode(code, url, place);
  if (known !== undefined) return known;
  if (code.startsWith('HPE_')) return notHttp(url, place);
  if (/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/.test(code)) {
    return {
      what: `${place} wants a certificate from the client`,
      fix: 'Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY to PEM files.',
    };
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL')) {
    return {
      what: `${place} does not speak TLS (${/ routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? message.trim()})`,
      fix: `If it speaks plain HTTP, use http:// instead of https://.`,
    };
  }
  return { what: `${place} gave no answer: ${message}${code === '' ? '' : ` (${code})`}`, fix: undefined };
}

/** The same where an OTLP receiver should be: `ui` is one. */
export function explainNoReceiver(error: unknown, url: URL): Finding {
  const finding = explainNoAnswer(error, url);
  if (rootCause(error).code !== 'ECONNREFUSED' || !isLocal(url)) return finding;
  const port = portOf(url) === DEFAULT_PORT ? '' : ` --otlp-port ${portOf(url)}`;
  return { ...finding, fix: `Start \`npx mcp-sessionscope ui${port}\` or a collector.` };
}

/** What an answer that is no success means, and a success that is a web page. `what` goes behind the name of its address. */
export function explainStatus(answer: RefusingAnswer): Finding {
  const { status, isPage, location, body, url } = answer;
  if (status >= 300 && status < 400) {
    return {
      what: `redirects to ${location ?? 'another place'} (HTTP ${status})`,
      fix: 'Name that place as the endpoint: exporters do not follow redirects.',
    };
  }
  if (isPage && status < 400) return { what: `answered with a web page (HTTP ${status})`, fix: NO_RECEIVER };
  const known = STATUSES[status];
  if (known !== undefined) return { what: `${known.what} (HTTP ${status})`, fix: known.fix };
  return {
    what: status === 400 ? 'did not take the request (HTTP 400)' : `answered with HTTP ${status}`,
    fix: wantsTls(status, body, url) ? USE_HTTPS : status >= 500 ? 'Look at its log.' : undefined,
  };
}

/** The same, with the time after which the receiver asks to come back. */
export function withWish(finding: Finding, afterMs: number | undefined): Finding {
  if (afterMs === undefined || afterMs <= 0) return finding;
  return { ...finding, what: `${finding.what}; it asks to come back in ${Math.ceil(afterMs / 1_000)} s` };
}

/** Whether a status says that the same may be taken later. */
export function isPassing(status: number): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504;
}

/** Whether a server for TLS has answered plain HTTP. */
export function wantsTls(status: number, body: string, url: URL): boolean {
  return status === 400 && url.protocol === 'http:' && /https/i.test(body);
}

export const USE_HTTPS = 'Use https:// instead of http://.';

/** What is known of an answer. */
export interface RefusingAnswer {
  readonly status: number;
  readonly isPage: boolean;
  /** Where a redirect leads to. */
  readonly location: string | undefined;
  readonly body: string;
  readonly url: URL;
}

/** Whether people are meant to read it. */
export function isPageText(text: string): boolean {
  return /^\s*<[!?a-z]/i.test(text);
}

/**
 * Whether an answer of 200 is none of an OTLP receiver: neither empty, nor the JSON of OTLP, nor protobuf.
 *
 * @param text - all of it
 */
export function isForeignAnswer(text: string): boolean {
  const isText = /^\s*[^\s\p{Cc}]/u.test(text);
  if (!isText) return false;
  const answer = objectOf(text);
  return answer === undefined || (Object.keys(answer).length > 0 && partOf(answer) === undefined);
}

/** What an answer to OTLP as JSON says that was not kept, and a warning where nothing was lost. */
export function partialSuccessOf(body: string): { rejected: number; message: string | undefined } {
  const partialSuccess = partOf(objectOf(body) ?? {});
  if (typeof partialSuccess !== 'object' || partialSuccess === null)
    return { rejected: 0, message: undefined };
  const said = partialSuccess as Record<string, unknown>;
  const { rejectedSpans, rejectedDataPoints, rejectedLogRecords, errorMessage } = said;
  const rejected = Number(rejectedSpans ?? rejectedDataPoints ?? rejectedLogRecords ?? 0);
  return {
    rejected: Number.isSafeInteger(rejected) && rejected > 0 ? rejected : 0,
    message:
      typeof errorMessage === 'string' && errorMessage !== ''
        ? withoutSecrets(errorMessage).slice(0, 500)
        : undefined,
  };
}

function partOf(answer: object): unknown {
  return (answer as { partialSuccess?: unknown }).partialSuccess;
}

/** What to do about a receiver that throws away a part of what it takes. */
export const REJECTED_FIX = 'Look at the log and the limits of the receiver.';

/** Host and port, for people. */
export function placeOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
}

/** The innermost error: of several addresses that were tried, the first one's. */
export function rootCause(error: unknown): { code: string; message: string } {
  if (typeof error !== 'object' || error === null) return { code: '', message: String(error) };
  const { cause, errors, code, message } = error as Record<string, unknown>;
  if (code === undefined && cause !== undefined) return rootCause(cause);
  if (Array.isArray(errors) && errors.length > 0) return rootCause(errors[0]);
  return { code: typeof code === 'string' ? code : '', message: String(message ?? '') };
}

function byCode(code: string, url: URL, place: string): Finding | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return { what: `nothing listens at ${place} (connection refused)`, fix: refusedAdvice(url) };
    case 'ENOTFOUND':
      return {
        what: `there is no host named ${url.hostname}`,
        fix: 'Check the spelling. Names of containers are known only inside their network.',
      };
    case 'EAI_AGAIN':
      return {
        what: `the name ${url.hostname} cannot be resolved now: the name server does not answer`,
        fix: 'Look at the network and at /etc/resolv.conf. Names of containers are known only inside their network.',
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        what: `there is no route to ${place} (${code})`,
        fix: 'Check the network, its routes and the VPN.',
      };
    case TIMED_OUT:
    case 'ETIMEDOUT':
      return late(place);
    case NOT_TAKEN:
      return {
        what: `${place} is overloaded, or is not ready (HTTP 429, 502, 503 or 504)`,
        fix: NOT_READY.fix,
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return { what: `${place} closed the connection without an answer`, fix: closedAdvice(url) };
    default:
      return certificateFinding(code, url, place);
  }
}

function certificateFinding(code: string, url: URL, place: string): Finding | undefined {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return { what: `the certificate of ${place} is self-signed (${code})`, fix: UNTRUSTED };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return {
        what: `the certificate of ${place} is signed by an authority that Node does not know (${code})`,
        fix: UNTRUSTED,
      };
    case 'CERT_HAS_EXPIRED':
      return { what: `the certificate of ${place} has expired`, fix: 'Renew it, or look at the clock.' };
    case 'CERT_NOT_YET_VALID':
      return { what: `the certificate of ${place} is not valid yet`, fix: 'Look at the clock.' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        what: `the certificate of ${place} is for another name than ${url.hostname}`,
        fix: 'Use the name that the certificate holds, or a certificate that holds this name.',
      };
    default:
      return undefined;
  }
}

function notHttp(url: URL, place: string): Finding {
  return { what: `${place} does not speak HTTP/1.1`, fix: grpcAdvice(url) };
}

function grpcAdvice(url: URL): string {
  return portOf(url) === 4317
    ? 'Port 4317 is for OTLP over gRPC; OTLP over HTTP uses 4318.'
    : 'It may be a gRPC port: OTLP over HTTP uses another one, 4318 by default.';
}

function late(place: string): Finding {
  return {
    what: `${place} did not answer in time`,
    fix: 'Something may listen there and hang, or a firewall drops what is sent: look at its log and its address.',
  };
}

function isLocal({ hostname }: URL): boolean {
  return /^(localhost$|127\.|\[::1\])/.test(hostname);
}

function refusedAdvice(url: URL): string {
  return isLocal(url)
    ? `Start what should listen there, or name another address. In a container, ${url.hostname} is the container itself.`
    : 'Start what should listen there, or name another address or port.';
}

function closedAdvice(url: URL): string {
  if (portOf(url) === 4317) return grpcAdvice(url);
  return url.protocol === 'http:'
    ? `It may want TLS (https://) or be a gRPC port: OTLP over HTTP uses 4318 by default.`
    : 'Look at its log.';
}

/** `undefined` where it is no object; an empty answer is a success all the same. */
function objectOf(text: string): object | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
