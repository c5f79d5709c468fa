import { z } from 'zod';
import { text } from './answer.ts';
import { serveModern } from './serve-modern.ts';

serveModern({ name: 'stock', version: '3.0.0' }, (server) => {
  server.registerTool('get_stock', { inputSchema: z.object({ item: z.string() }) }, async ({ item }) =>
    text(`12 of ${item}`),
  );
});
