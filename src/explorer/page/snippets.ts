/** How the package is installed. */
export const INSTALL = 'npm install mcp-sessionscope @opentelemetry/api';

const USUAL_FOLDER = /[/\\]\.mcp-sessionscope[/\\]?$/;

/** What records a server into this folder, which need not be named where it is the usual one. */
export function fileSnippet(dir: string): string {
  const folder = USUAL_FOLDER.test(dir) ? '' : `\n  exporterEndpoint: ${quoted(dir)},`;
  const options = folder === '' ? "{ exporterType: 'file' }" : `{\n  exporterType: 'file',${folder}\n}`;
  return `import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';

const telemetry = instrumentServer(server, ${options});
installShutdownHooks(telemetry);`;
}

/** What makes any OpenTelemetry SDK send here. Values of headers are percent-encoded (OTLP exporter specification). */
export function otlpSnippet(url: string, needsToken: boolean): string {
  const endpoint = `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`;
  return needsToken ? `${endpoint}\nOTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN` : endpoint;
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
