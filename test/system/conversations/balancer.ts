import { Agent, createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { closeServer, listen } from '../../../tools/support/otlp-sink.ts';

/** By which header a reverse proxy says whose request it passes on. */
export type Forwards = 'x-forwarded-for' | 'forwarded';

/**
 * The address that a client calls from. On one machine all have the same, so clients say it and the proxy takes it away:
 * it stands for the address of the connection.
 */
export const FROM = 'x-test-from';
/** Which replica answered. */
export const REPLICA = 'x-test-replica';

/** A reverse proxy before replicas of one server, each of which has every so manieth request. */
export interface Balancer {
  readonly url: URL;
  close(): Promise<void>;
}

export async function startBalancer(replicas: readonly URL[], forwards: Forwards): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  let requests = 0;
  const server = createServer((request, response) => {
    const replica = requests % replicas.length;
    requests += 1;
    passOn(request, response, { to: replicas[replica] as URL, replica, forwards, agent });
  });
  const port = await listen(server);
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    close: async () => {
      await closeServer(server);
      agent.destroy();
    },
  };
}

interface Way {
  to: URL;
  replica: number;
  forwards: Forwards;
  agent: Agent;
}

function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  { to, replica, forwards, agent }: Way,
): void {
  const { [FROM]: from, host, ...others } = request.headers;
  const element = forwards === 'forwarded' ? `for=${from};host=${host}` : String(from);
  // What a client claims stays before what the proxy knows.
  const before = others[forwards];
  const headers = {
    ...others,
    host: to.host,
    [forwards]: before === undefined ? element : `${before}, ${element}`,
  };
  const { method } = request;
  const onward = send(to, { method, headers, agent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, [REPLICA]: String(replica) });
    answer.pipe(response);
  });
  onward.on('error', (error) => {
    if (!response.headersSent) response.writeHead(502);
    response.end(error.message);
  });
  response.on('close', () => void (response.writableFinished || onward.destroy()));
  request.pipe(onward);
}
