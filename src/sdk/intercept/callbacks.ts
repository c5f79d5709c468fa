import { logOnce } from '../diagnostics/log.ts';
import type { Take } from './handlers.ts';
import { hear } from './hear.ts';
import { type Link, noteClosed } from './link.ts';
import type { Transport } from './shapes.ts';

const UNHEARD =
  'the messages of a server cannot be seen, and are not recorded: neither its own methods nor the callbacks of its ' +
  'transport can be replaced';

/**
 * Puts wrappers around the callbacks that a server has set. They remember whose transport calls, and what comes with a
 * message: v1 does not pass it on with notifications, and its older versions take several transports. Where the
 * server's own methods cannot be watched, they are what notes. A callback behind an accessor is not touched: what it
 * gives may not be what the server has set.
 */
export function wrapCallbacks(link: Link, holders: readonly Transport[]): void {
  const { hearing } = link.mark;
  if (hearing.messages && hearing.close && hearing.whole && !isProbing(link)) return;
  const wrapped = wrap(holders, 'onmessage', (onmessage) => hearingOf(link, onmessage));
  if (!wrapped && !hearing.messages) logOnce(UNHEARD);
  wrap(holders, 'onclose', (onclose) => closingOf(link, onclose));
}

/** v2's client finds out what it talks to before it takes the transport over: then the answers do not come to its methods. */
function isProbing({ low, mark, transport }: Link): boolean {
  return mark.end === 'client' && low.transport !== transport;
}

function wrap(
  holders: readonly Transport[],
  name: 'onmessage' | 'onclose',
  by: (original: Take) => Take,
): boolean {
  for (const holder of holders) {
    const property = Reflect.getOwnPropertyDescriptor(holder, name);
    if (typeof property?.value !== 'function' || property.writable !== true) continue;
    Reflect.set(holder, name, by(property.value));
    return true;
  }
  return false;
}

function hearingOf(link: Link, onmessage: Take): Take {
  const { mark } = link;
  return function (this: unknown, message, extra) {
    const { calling } = mark;
    const { extra: before } = link;
    mark.calling = link;
    link.extra = extra;
    try {
      return mark.hearing.messages && !isProbing(link)
        ? onmessage.call(this, message, extra)
        : hear(link, onmessage, this, message, extra);
    } finally {
      mark.calling = calling;
      link.extra = before;
    }
  };
}

function closingOf(link: Link, onclose: Take): Take {
  const { mark } = link;
  return function (this: unknown, ...args) {
    const { calling } = mark;
    mark.calling = link;
    try {
      return onclose.apply(this, args);
    } finally {
      mark.calling = calling;
      if (!mark.hearing.close || isProbing(link)) noteClosed(link);
    }
  };
}
