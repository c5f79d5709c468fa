import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of a server. When there is one too many, another one makes room for it: the one that has been
 * without a request for the longest time, else the one whose request has been coming in for the longest. One that waits
 * for an answer, or is being given one, stays.
 */
export function boundConnections(server: Server, max: number): void {
  /** In the order in which they were last put in: with the request that is under way. */
  const open = new Map<Socket, IncomingMessage | undefined>();
  const note = (socket: Socket, request: IncomingMessage | undefined): void => {
    open.delete(socket);
    open.set(socket, request);
  };
  server.on('connection', (socket) => {
    if (open.size >= max) {
      const dropped = dispensable(open) ?? socket;
      dropped.destroy();
      open.delete(dropped);
      if (dropped === socket) return;
    }
    note(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.prependListener('request', (request, response) => {
    const { socket } = request;
    if (!open.has(socket)) return;
    note(socket, request);
    response.once('close', () => {
      if (open.get(socket) === request) note(socket, undefined);
    });
  });
}

function dispensable(open: ReadonlyMap<Socket, IncomingMessage | undefined>): Socket | undefined {
  let incoming: Socket | undefined;
  for (const [socket, request] of open) {
    if (request === undefined) return socket;
    if (!request.complete) incoming ??= socket;
  }
  return incoming;
}
