/** Replicas of this server tell by a header which client session a request belongs to. */
import { z } from 'zod';
import { text } from './answer.ts';
import { serveModern } from './serve-modern.ts';

const order = { inputSchema: z.object({ order: z.string() }) };

serveModern(
  { name: 'orders', version: '1.2.0' },
  (server) => {
    server.registerTool('place_order', order, async (request) => text(`${request.order} is placed`));
    server.registerTool('cancel_order', order, async (request) => ({
      ...text(`${request.order} has left`),
      isError: true,
    }));
    if (process.env['STACK_TEST_GIFT_WRAP'] === undefined) return;
    server.registerTool('gift_wrap', order, async (request) => text(`${request.order} is wrapped`));
  },
  { sessionKey: (request) => request.header('x-conversation') },
);
