import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  LoggerProvider,
  type LogRecordExporter,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';

/** Logs of OpenTelemetry, in the recording's folder: as a Collector's file exporter would write them. */
export function logsIntoRecording(service: string): LoggerProvider {
  const dir = process.env['MCP_SESSIONSCOPE_DIR'] ?? '.';
  const path = join(dir, `${service}-${process.pid}.logs.jsonl`);
  return new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    processors: [new SimpleLogRecordProcessor({ exporter: new FileExporter(path) })],
  });
}

class FileExporter implements LogRecordExporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  export(records: ReadableLogRecord[], done: (result: ExportResult) => void): void {
    const line = JsonLogsSerializer.serializeRequest(records);
    if (line !== undefined)
      appendFileSync(this.#path, `${Buffer.from(line).toString('utf8')}\n`, { mode: 0o600 });
    done({ code: ExportResultCode.SUCCESS });
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
