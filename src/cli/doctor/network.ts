import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Signal } from '../../explorer/recording/signal.ts';
import {
  explainNoReceiver,
  type Finding,
  placeOf,
  portOf,
  TIMED_OUT,
} from '../../sdk/diagnostics/failures.ts';
import { readCertificates } from '../../sdk/export/certificates.ts';
import { proxyOf } from '../../sdk/export/process-agent.ts';
import type { CliIo } from '../io.ts';
import { type Check, failed, ok, skipped, warning } from './check.ts';

/** Milliseconds before its end at which a certificate is worth a warning. */
const NEAR_EXPIRY_MS = 14 * 86_400_000;

/** Name, connection and TLS of a receiver, each as it is known. What cannot be tried any more is skipped. */
export async function* checkNetwork(
  url: URL,
  signal: Signal,
  timeoutMs: number,
  io: Pick<CliIo, 'env' | 'now'>,
): AsyncGenerator<Check> {
  const proxy = proxyOf(url);
  if (proxy !== undefined) {
    yield skipped('connection', `not tried: requests go through ${proxy}`);
    return;
  }
  const name = await checkName(url, timeoutMs);
  yield name;
  const connection =
    name.status === 'failed'
      ? skipped('connection', 'not tried: there is no address')
      : await checkConnection(url, timeoutMs);
  yield connection;
  if (url.protocol !== 'https:') return;
  yield connection.status === 'ok'
    ? await checkTls(url, signal, timeoutMs, io)
    : skipped('TLS', 'not tried: there is no connection');
}

async function checkName(url: URL, timeoutMs: number): Promise<Check> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return ok('name', `${host} is an address`);
  try {
    const addresses = await within(timeoutMs, lookup(host, { all: true }));
    return ok('name', `${host} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return failed('name', explainNoReceiver(error, url));
  }
}

async function checkConnection(url: URL, timeoutMs: number): Promise<Check> {
  const started = performance.now();
  const socket = connect({ host: hostOf(url), port: portOf(url) });
  try {
    await opened(socket, 'connect', timeoutMs);
    const took = Math.max(1, Math.round(performance.now() - started));
    return ok('connection', `${socket.remoteAddress}:${socket.remotePort} answers, in ${took} ms`);
  } catch (error) {
    return failed('connection', explainNoReceiver(error, url));
  } finally {
    socket.destroy();
  }
}

async function checkTls(
  url: URL,
  signal: Signal,
  timeoutMs: number,
  { env, now }: Pick<CliIo, 'env' | 'now'>,
): Promise<Check> {
  const unreadable: string[] = [];
  const certificates = readCertificates(env, signal, (variable) => unreadable.push(variable));
  if (unreadable.length > 0) return failed('TLS', unreadableFiles(unreadable));
  const host = hostOf(url);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  let socket: TLSSocket | undefined;
  try {
    socket = connectTls({ host, port: portOf(url), ...servername, ...certificates });
    await opened(socket, 'secureConnect', timeoutMs);
    return certificateCheck(socket, url, now());
  } catch (error) {
    return failed('TLS', explainNoReceiver(error, url));
  } finally {
    socket?.destroy();
  }
}

function certificateCheck(socket: TLSSocket, url: URL, now: number): Check {
  const { valid_to: until } = socket.getPeerCertificate();
  const left = Date.parse(until) - now;
  const detail = `${socket.getProtocol()}; the certificate of ${placeOf(url)} is trusted, until ${until}`;
  return left > NEAR_EXPIRY_MS
    ? ok('TLS', detail)
    : warning('TLS', { what: detail, fix: 'Renew it: it ends within two weeks.' });
}

function unreadableFiles(variables: readonly string[]): Finding {
  return {
    what: `cannot read the file that is named by ${variables.join(', ')}`,
    fix: 'Name a PEM file that this user can read.',
  };
}

/** Of an IPv6 address, URLs hold brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number): Promise<void> {
  const open = new Promise<void>((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.on('error', reject);
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
  return within(timeoutMs, open);
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: TIMED_OUT })), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
