// Makes one span, exports it where the environment says, and is done: nothing of ours may keep it alive.
import { TelemetryManager } from '../../../dist/index.js';

const telemetry = new TelemetryManager({ shutdownTimeoutMs: 10_000 });
telemetry.startActiveSpan('work', {}, () => {});
await telemetry.forceFlush();
process.stdout.write('flushed\n');
