import { types } from 'node:util';
import { guard } from '../diagnostics/guard.ts';
import { logOnce } from '../diagnostics/log.ts';
import { processWide } from '../process-wide.ts';
import { isRecord } from '../protocol/json-rpc.ts';
import { runInContext } from '../signals/active-context.ts';
import { onceSettled } from './afterwards.ts';
import { wrapCallbacks } from './callbacks.ts';
import type { Exchange } from './exchange.ts';
import { withRequest } from './http-peer.ts';
import { type Link, noteClosed } from './link.ts';
import { type Method, replaceMethod, sharing, withPropertiesOf } from './replace.ts';
import { innerTransports, responseOf, type Transport } from './shapes.ts';

/** What is known of a transport that is observed. */
interface Observed {
  readonly transport: Transport;
  /** The one that is told what passes. */
  link: Link | undefined;
  /** The one of a server that is connecting; a running transport may refuse it. */
  connecting: Link | undefined;
  /** What passes on to it, and is closed in its stead. */
  inner: Set<Transport> | undefined;
  /** That of a stream of server-sent events. */
  response: NodeJS.EventEmitter | undefined;
  seesStart: boolean;
  seesSend: boolean;
}

/** What the HTTP transports of both SDKs are handed a request with, as their first argument. */
const HANDLING_REQUESTS = ['handleRequest', 'handlePostMessage'] as const;

const UNSEEN =
  'the methods of a transport cannot be replaced (it is frozen, or answers for itself): its requests are recorded as ' +
  'their handlers end, and what the server sends of its own accord is not';

/** Shared by the copies of the package, so that none patches a transport again. */
const all = (): WeakMap<Transport, Observed> => processWide('transports', () => new WeakMap());

/**
 * Watches a transport to which a server is about to connect. The transport is changed in place and never replaced:
 * SDKs compare its identity. Nothing is read back from callbacks that an accessor makes.
 */
export function observeTransport(link: Link): void {
  const observed = observedOf(link.transport);
  observed.connecting = link;
  if (!observed.seesStart) link.mark.waiting = link;
}

/** Watches a transport that is running; one that is observed gets another observer. */
export function beginLink(link: Link): void {
  const observed = observedOf(link.transport);
  begin(observed, link);
  watchResponse(observed);
}

function observedOf(transport: Transport): Observed {
  const known = all().get(transport);
  if (known !== undefined) return known;
  const observed: Observed = {
    transport,
    link: undefined,
    connecting: undefined,
    inner: undefined,
    response: undefined,
    seesStart: false,
    seesSend: false,
  };
  all().set(transport, observed);
  observed.seesSend = replace(observed, 'send');
  observed.seesStart = replace(observed, 'start');
  replace(observed, 'close');
  for (const name of HANDLING_REQUESTS) replaceMethod(transport, name, handlingRequests);
  return observed;
}

/** Leads from a transport, and from what passes on to it, to what is known of it. */
const OBSERVED = Symbol('what is known of a transport');

/**
 * Puts a function of ours in the place of a method. The transports of a class share it, for a server can hold ten
 * thousand; a method of its own may be called with any `this`.
 */
function replace(observed: Observed, name: keyof typeof AROUND): boolean {
  const { transport } = observed;
  const around = AROUND[name];
  if (!Object.hasOwn(transport, name) && leadsTo(observed)) {
    return replaceMethod(transport, name, around.shared);
  }
  return replaceMethod(transport, name, (original) =>
    withPropertiesOf(original, function (this: unknown, ...args: unknown[]): unknown {
      return around.call(observed, original, this, args);
    }),
  );
}

function leadsTo(observed: Observed): boolean {
  const { transport } = observed;
  if (Reflect.get(transport, OBSERVED) === observed) return true;
  // A Proxy hands it on to the transport beneath it, which may be another's.
  if (types.isProxy(transport)) return false;
  return Reflect.defineProperty(transport, OBSERVED, { value: observed });
}

/** What is called in the place of a method. */
type Around = (observed: Observed, original: Method, self: unknown, args: unknown[]) => unknown;

function sharedBy(call: Around): { call: Around; shared: (original: Method) => Method } {
  const shared = sharing((original): Method => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const observed = observedAs(this);
      return observed === undefined ? original.apply(this, args) : call(observed, original, this, args);
    };
  });
  return { call, shared };
}

/** Through a Proxy, or an object that is derived from the transport, too. */
function observedAs(self: unknown): Observed | undefined {
  if (!isRecord(self)) return undefined;
  return guard('finding a transport', () => (self as { [OBSERVED]?: Observed })[OBSERVED]);
}

function start(observed: Observed, original: Method, self: unknown, args: unknown[]): unknown {
  const { link: before, connecting: link } = observed;
  if (link === undefined) return original.apply(self, args);
  guard('watching a transport', () => begin(observed, link));
  // Another server is connected already: its connection goes on.
  const refused = (): void => {
    // A client's program could not be started.
    if (before === undefined && link.mark.end === 'client') noteClosed(link);
    if (before === undefined || observed.link !== link) return;
    observed.link = before;
    before.current = true;
    link.current = false;
  };
  try {
    const starting = original.apply(self, args);
    guard('watching a response', () => watchResponse(observed));
    if (starting instanceof Promise) starting.then(undefined, refused);
    return starting;
  } catch (error) {
    refused();
    throw error;
  }
}

/** The server has set its callbacks, and no message has come through. */
function begin(observed: Observed, link: Link): void {
  const { mark } = link;
  observed.connecting = mark.waiting = mark.calling = undefined;
  if (observed.link !== undefined) observed.link.current = false;
  observed.link = mark.link = link;
  link.current = true;
  if (!observed.seesSend) {
    logOnce(UNSEEN);
    link.connection.answersSeen = false;
  }
  const inner = innerTransports(observed.transport);
  for (const each of inner) {
    observed.inner ??= new Set();
    if (observed.inner.has(each)) continue;
    observed.inner.add(each);
    replaceMethod(each, 'close', (close) => closingInner(observed, close));
  }
  wrapCallbacks(link, [observed.transport, ...inner]);
  link.connection.started();
}

/** v1's transport for server-sent events is closed with its response, and does not call its own `close`. */
function watchResponse(observed: Observed): void {
  const response = responseOf(observed.transport);
  if (response === undefined || observed.response === response) return;
  observed.response = response;
  response.once('close', () => noteClosed(observed.link));
}

function send({ link }: Observed, original: Method, self: unknown, args: unknown[]): unknown {
  if (link === undefined) return original.apply(self, args);
  const { connection } = link;
  const scope = guard('noting a message to the peer', () => {
    args[0] = connection.sending(args[0], args[1]);
    // Of an earlier version of the package that is in the process too, it has none.
    return connection.takeScope?.();
  });
  let sending: unknown;
  try {
    sending =
      scope === undefined
        ? original.apply(self, args)
        : runInContext(scope, () => original.apply(self, args));
  } catch (error) {
    noteSent(connection, args[0], undefined);
    throw error;
  }
  // The copy, where there is one: of the SDK's requests each has a shape of its own, which V8 reads slowly.
  return noteSent(connection, args[0], sending ?? null) ?? sending;
}

function noteSent(connection: Exchange<unknown>, message: unknown, sending: unknown): unknown {
  return guard('noting a response', () => connection.sent(message, sending));
}

/** Neither SDK passes on who sent a request, nor why a transport closes: a close within a DELETE is the client's. */
const handlingRequests = sharing((handle): Method => {
  return function (this: unknown, ...args: unknown[]): unknown {
    return withRequest(args[0], () => handle.apply(this, args));
  };
});

/** The application may have taken the place of the server's `onclose`: then the server is not told, and we are here. */
function close({ link }: Observed, original: Method, self: unknown, args: unknown[]): unknown {
  guard('noting a close', () => link?.connection.closing?.());
  const closed = (): void => noteClosed(link);
  let closing: unknown;
  try {
    closing = original.apply(self, args);
  } catch (error) {
    closed();
    throw error;
  }
  // To listen to it would take its rejection from the application, and to hand on another would change the order of what follows.
  if (link?.over === false && closing instanceof Promise) onceSettled(closing, () => !link.over, closed);
  else closed();
  return closing;
}

/** Several outer transports can pass on to one inner one. */
function closingInner(observed: Observed, original: Method): Method {
  return withPropertiesOf(original, function (this: unknown, ...args: unknown[]): unknown {
    return close(observed, original, this, args);
  });
}

const AROUND = { start: sharedBy(start), send: sharedBy(send), close: sharedBy(close) };
