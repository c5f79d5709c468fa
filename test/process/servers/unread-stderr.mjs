/** Records 40 batches for the console exporter, says how much of it stderr keeps, and once told that it is read, one span. */
import { once } from 'node:events';
import { TelemetryManager } from '../../../dist/index.js';

const telemetry = new TelemetryManager({
  exporterType: 'console',
  enableMetrics: false,
  maxExportBatchSize: 500,
});
const record = (name) => telemetry.tracer.startSpan(name, { attributes: { text: 'x'.repeat(1000) } }).end();
for (let batch = 0; batch < 40; batch += 1) {
  for (let i = 0; i < 500; i += 1) record('unread');
  await telemetry.forceFlush();
}
process.stdout.write(`${process.stderr.writableLength}\n`);
await once(process.stdin, 'data');
if (process.stderr.writableLength > 0) await once(process.stderr, 'drain');
record('read');
await telemetry.shutdown();
process.stdin.destroy();
