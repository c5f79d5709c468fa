import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { visible } from '../text/visible.ts';
import type { ApiError } from './api.ts';
import type { RequestError } from './request-error.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What is long comes piece by piece. */
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

/** Below this, the head of the answer is most of it. */
const MIN_GZIP_BYTES = 1_024;
const COMPRESSES = /^(text\/|application\/json|application\/javascript)/;

/** On every answer. The page runs its own script and styles, asks its own server, and is in nobody's frame. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function secure(response: ServerResponse): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  };
}

/** @param asText - for people who look at it in a browser, not for programs */
export function errorAnswer({ status, message, headers }: RequestError, asText: boolean): Answer {
  const error: ApiError = { error: visible(message) };
  const answer = jsonAnswer(error, status);
  return {
    status,
    headers: {
      ...answer.headers,
      ...(asText && { 'content-type': 'text/plain; charset=utf-8' }),
      ...headers,
    },
    body: asText ? `${error.error}\n` : answer.body,
  };
}

/** Sends it, compressed where that is worth it and wanted; for `HEAD` without the body. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const { body } = answer;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    await sendPieces(request, response, answer, body);
    return;
  }
  const plain = typeof body === 'string' ? Buffer.from(body) : body;
  const mayCompress = plain.length >= MIN_GZIP_BYTES && isCompressible(answer);
  const compresses = mayCompress && takesGzip(request.headers['accept-encoding']);
  const sent = compresses ? await promisify(gzip)(plain) : plain;
  if (response.destroyed) return;
  setHead(response, answer, mayCompress, compresses);
  if (answer.status !== 304) response.setHeader('content-length', sent.length);
  response.end(request.method === 'HEAD' || answer.status === 304 ? undefined : sent);
}

/** @throws where the pieces end early; the connection is closed then, so that nobody takes them for all */
async function sendPieces(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  pieces: AsyncIterable<string>,
): Promise<void> {
  const compresses = isCompressible(answer) && takesGzip(request.headers['accept-encoding']);
  setHead(response, answer, isCompressible(answer), compresses);
  response.flushHeaders();
  if (request.method === 'HEAD') response.end();
  else if (compresses) await pipeline(Readable.from(pieces), createGzip(), response);
  else await pipeline(Readable.from(pieces), response);
}

function setHead(
  response: ServerResponse,
  { status, headers }: Answer,
  mayCompress: boolean,
  compresses: boolean,
): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (mayCompress) response.setHeader('vary', 'accept-encoding');
  if (compresses) response.setHeader('content-encoding', 'gzip');
  response.statusCode = status;
}

function isCompressible({ headers }: Answer): boolean {
  return COMPRESSES.test(headers['content-type'] ?? '');
}

function takesGzip(header: string | string[] | undefined): boolean {
  return String(header ?? '')
    .split(',')
    .some((part) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part));
}
