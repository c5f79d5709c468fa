import { NoAnswerError, TIMED_OUT } from './request.ts';

/** What went wrong, and what to do about it. */
export interface Finding {
  /** One clause without a full stop. */
  readonly what: string;
  /** One or two sentences; `undefined` where there is nothing to advise. */
  readonly fix: string | undefined;
}

const UNTRUSTED =
  'Name the authority that signed it in a PEM file: NODE_EXTRA_CA_CERTS=FILE for everything, or OTEL_EXPORTER_OTLP_CERTIFICATE=FILE for OTLP.';

/** Why there was no answer, in words; for errors of name resolution, connections, TLS and HTTP alike. */
export function explainNoAnswer(error: unknown, url: URL): Finding {
  const place = placeOf(url);
  const { code, message } = rootCause(error);
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
  if (error instanceof NoAnswerError && cause !== undefined) return rootCause(cause);
  if (Array.isArray(errors) && errors.length > 0) return rootCause(errors[0]);
  return { code: typeof code === 'string' ? code : '', message: String(message ?? '') };
}

/** Whether no part of the request can have reached anybody. */
export function wasNotDelivered(error: unknown): boolean {
  return error instanceof NoAnswerError && !error.maybeDelivered;
}

function byCode(code: string, url: URL, place: string): Finding | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return { what: `nothing listens at ${place} (connection refused)`, fix: refusedAdvice(url) };
    case 'ENOTFOUND':
      return {
        what: `there is no host named ${url.hostname}`,
        fix: 'Check the spelling. Names of containers are known only inside of their network.',
      };
    case 'EAI_AGAIN':
      return {
        what: `the name ${url.hostname} cannot be resolved now: the name server does not answer`,
        fix: 'Look at the network and at /etc/resolv.conf. Names of containers are known only inside of their network.',
      };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { what: `there is no way to ${place} (${code})`, fix: 'Look at the network, routes and VPN.' };
    case TIMED_OUT:
    case 'ETIMEDOUT':
      return {
        what: `${place} did not answer in time`,
        fix: 'Something may listen there and hang, or a firewall drops what is sent: look at its log and its address.',
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
    ? 'Port 4317 is for OTLP over gRPC; OTLP over HTTP has 4318.'
    : 'It may be a gRPC port: OTLP over HTTP has a port of its own, 4318 by default.';
}

function refusedAdvice({ hostname }: URL): string {
  const isLocal = /^(localhost|127\.|\[::1\])/.test(hostname);
  return isLocal
    ? `Start what should listen there, or name another address. In a container, ${hostname} is the container itself.`
    : 'Start what should listen there, or name another address or port.';
}

function closedAdvice(url: URL): string {
  if (portOf(url) === 4317) return grpcAdvice(url);
  return url.protocol === 'http:'
    ? `It may want TLS (https://) or be a gRPC port: OTLP over HTTP has 4318 by default.`
    : 'Look at its log.';
}
