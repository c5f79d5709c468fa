import http from 'node:http';
import { type Host, listen } from './http-v1.ts';

/** How a proxy says whom it heard from. */
export type Says = (before: http.IncomingHttpHeaders, address: string) => Record<string, string>;

/** What nginx writes for `proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for`. */
export const xForwardedFor: Says = (before, address) => ({
  'x-forwarded-for': [before['x-forwarded-for'], address].filter(Boolean).join(', '),
});

/** What RFC 7239 has; an IPv6 address stands in brackets and quotes. */
export const forwarded: Says = (before, address) => ({
  forwarded: [before['forwarded'], `for="${address}";proto=https`].filter(Boolean).join(', '),
});

/** A reverse proxy in front of `target`, as one of its users finds it: on loopback all of them have one address. */
export function proxyFor(address: string, target: URL, says: Says = xForwardedFor): Promise<Host> {
  return listen((request, response) => {
    const headers = { ...request.headers, ...says(request.headers, address) };
    const passed = http.request(target, { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.on('close', () => passed.destroy());
    request.pipe(passed);
  });
}
