/** The page's server on a recording, and the receiver on an empty folder. */
import { startUi } from '../../../src/explorer/server/start.ts';
import { endWithParent, processorMs, readJob, say } from './job.ts';

endWithParent();
const { dir, now, receives } = readJob<{ dir: string; now?: number; receives: boolean }>();
const ui = await startUi(
  {
    dir,
    port: 0,
    otlpPort: 0,
    receives,
    host: '127.0.0.1',
    limits: {},
    lostAfterMs: 10 * 60_000,
    version: '0.0.0',
  },
  { stderr: process.stderr, now: () => now ?? Date.now(), pageDir: dir },
);
await ui.store.ready;
// Whatever it is told: it says how much processor time it has used.
process.on('message', () => say({ processorMs: processorMs() }));
say({ url: ui.url, otlpUrl: ui.otlpUrl });
