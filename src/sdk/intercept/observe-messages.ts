import { guard } from '../diagnostics/guard.ts';
import type { Take } from './handlers.ts';
import { hear } from './hear.ts';
import { type Hearing, type Link, markOf, newLink, noteClosed } from './link.ts';
import { beginLink } from './observe-transport.ts';
import { type Method, replaceMethod, sharing } from './replace.ts';
import type { LowLevelServer } from './shapes.ts';

/**
 * Watches the methods to which a server hands each message, and its close: private, and the same in every version.
 * They are called whatever the callbacks of a transport look like, and whoever has replaced them.
 */
export function observeMessages(low: LowLevelServer): Hearing {
  const { length } = low._onnotification ?? '';
  const heard = ['_onrequest', '_onnotification', '_onresponse'].map((name) =>
    replaceMethod(low, name, hearing),
  );
  return same({
    messages: heard.every(Boolean),
    close: replaceMethod(low, '_onclose', closing),
    whole: length > 1,
  });
}

const hearings = new Map<string, Hearing>();

/** Nearly all servers of a process hear alike, and there can be ten thousand. */
function same(hearing: Hearing): Hearing {
  const key = Object.values(hearing).join();
  const known = hearings.get(key) ?? hearing;
  hearings.set(key, known);
  return known;
}

const hearing = sharing((original) => {
  const take: Take = function (this: unknown, message, extra) {
    const link = linkOf(this as LowLevelServer);
    return link === undefined
      ? original.call(this, message, extra)
      : hear(link, original, this, message, extra);
  };
  return take;
});

const closing = sharing((original): Method => {
  return function (this: unknown, ...args: unknown[]): unknown {
    // Found now: the application may connect anew in its `onclose`.
    const link = linkOf(this as LowLevelServer);
    try {
      return original.apply(this, args);
    } finally {
      noteClosed(link);
    }
  };
});

function linkOf(low: LowLevelServer): Link | undefined {
  const mark = markOf(low);
  if (mark === undefined) return undefined;
  if (mark.calling !== undefined) return mark.calling;
  const { transport } = low;
  // Its transport does not let us see when it starts, or it was connected past our `connect`, as by a subclass's `super`.
  if (transport !== undefined && mark.link?.transport !== transport) {
    const { waiting } = mark;
    guard('watching a transport', () =>
      beginLink(waiting?.transport === transport ? waiting : newLink(low, mark, transport)),
    );
  }
  return mark.link;
}
