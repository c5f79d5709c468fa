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

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
