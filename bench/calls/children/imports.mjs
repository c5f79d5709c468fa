/** Imports one package in this fresh process and tells the parent how long that took: `imports.mjs '<job as JSON>'`. */
const { specifier, manager } = JSON.parse(process.argv[2]);
const startedAt = performance.now();
const imported = await import(specifier);
// The first manager loads the OpenTelemetry SDK; its tracer is ready when it can be asked for.
if (manager) void new imported.TelemetryManager({ exporterEndpoint: 'http://127.0.0.1:9' }).tracer;
process.send({ ms: performance.now() - startedAt });
process.disconnect();
process.exit(0);
