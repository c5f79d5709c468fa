/** Records spans of the given sizes into a folder, an export each. */
import { TelemetryManager } from '../../../dist/index.js';

const [dir, ...sizes] = process.argv.slice(2);
const telemetry = new TelemetryManager({ exporterType: 'file', exporterEndpoint: dir, enableMetrics: false });
for (const size of sizes.map(Number)) {
  telemetry.tracer.startSpan(`${size}`, { attributes: { text: 'x'.repeat(size) } }).end();
  await telemetry.forceFlush();
}
await telemetry.shutdown();
