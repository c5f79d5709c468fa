import type { ApiState } from '../server/api.ts';
import { shellWord } from '../text/shell-word.ts';

/** One way to have a server's sessions appear here. */
export interface Way {
  readonly name: string;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly title: string;
  /** What is copied. */
  readonly text: string;
  /** For those who do not see where the button stands. */
  readonly copyLabel: string;
  readonly note?: string;
}

/** Where the page reads, and where it receives. */
export type Place = Pick<ApiState, 'dir' | 'otlpUrl' | 'otlpNeedsToken'>;

/** What leads from an empty page to the first session, the way with the least to do first. */
export function waysToBegin(place: Place): readonly Way[] {
  return [
    { name: 'Any command', steps: anyCommand(place) },
    { name: 'Node, without code', steps: withoutCode(place) },
    { name: 'In code', steps: inCode(place) },
  ];
}

const INSTALL: Step = {
  title: 'Install the package beside your server',
  text: 'npm install mcp-sessionscope',
  copyLabel: 'Copy the install command',
};

/** Where a server sends by itself (OTLP exporter specification). */
const USUAL_ENDPOINT = /^http:\/\/(localhost|127\.0\.0\.1):4318\/?$/;
const USUAL_FOLDER = /[/\\]\.mcp-sessionscope[/\\]?$/;

function anyCommand({ dir }: Place): Step[] {
  const folder = USUAL_FOLDER.test(dir) ? '' : ` --dir ${shellWord(dir)}`;
  return [
    {
      title: 'Put this before the command of a stdio server, in any language',
      text: `npx -y mcp-sessionscope run${folder} -- YOUR COMMAND`,
      copyLabel: 'Copy what comes before the command',
      note: 'What client and server say to each other passes unchanged.',
    },
    {
      title: 'Or let it do so in the configuration of your client',
      text: `npx -y mcp-sessionscope wrap${folder}`,
      copyLabel: 'Copy the command that changes the configuration',
      note: 'It lists the clients that it finds, and shows what it would change first; unwrap undoes it.',
    },
    {
      title: 'Or stand before a server on HTTP',
      text: `npx -y mcp-sessionscope proxy${folder} --to http://localhost:3000/mcp`,
      copyLabel: 'Copy the command of the proxy',
      note: 'Then give your client the address that it prints.',
    },
  ];
}

function withoutCode(place: Place): Step[] {
  const settings = settingsFor(place);
  const command = 'node --import mcp-sessionscope/register server.js';
  return [
    INSTALL,
    {
      title: 'Start the server with it',
      text: settings === '' ? command : `${settings.replaceAll('\n', ' ')} ${command}`,
      copyLabel: 'Copy the start command',
      note: 'Also where a framework hides the MCP server, or the SDK is bundled: ESM and CommonJS.',
    },
  ];
}

function inCode({ dir, otlpUrl, otlpNeedsToken }: Place): Step[] {
  const steps = [
    INSTALL,
    {
      title: 'Instrument the server, before it connects',
      text: fileSnippet(dir),
      copyLabel: 'Copy the code',
      note: 'It works with McpServer and Server of both MCP SDKs, over stdio and HTTP.',
    },
  ];
  if (otlpUrl === undefined) return steps;
  return [
    ...steps,
    {
      title: 'Or send OTLP here, from any language',
      text: otlpSnippet(otlpUrl, otlpNeedsToken === true),
      copyLabel: 'Copy the settings',
    },
  ];
}

/** The variables that bring a server's telemetry here; none, where it sends here by itself. */
function settingsFor({ dir, otlpUrl, otlpNeedsToken }: Place): string {
  if (otlpUrl === undefined) {
    const folder = USUAL_FOLDER.test(dir) ? '' : ` MCP_SESSIONSCOPE_DIR=${shellWord(dir)}`;
    return `MCP_SESSIONSCOPE_EXPORTER_TYPE=file${folder}`;
  }
  if (otlpNeedsToken !== true && USUAL_ENDPOINT.test(otlpUrl)) return '';
  return otlpSnippet(otlpUrl, otlpNeedsToken === true);
}

/** What records a server into this folder, which need not be named where it is the usual one. */
function fileSnippet(dir: string): string {
  const folder = USUAL_FOLDER.test(dir) ? '' : `\n  exporterEndpoint: ${quoted(dir)},`;
  const options = folder === '' ? "{ exporterType: 'file' }" : `{\n  exporterType: 'file',${folder}\n}`;
  return `import { installShutdownHooks, instrumentServer } from 'mcp-sessionscope';

const telemetry = instrumentServer(server, ${options});
installShutdownHooks(telemetry);`;
}

/** What makes any OpenTelemetry SDK send here. Values of headers are percent-encoded (OTLP exporter specification). */
function otlpSnippet(url: string, needsToken: boolean): string {
  const endpoint = `OTEL_EXPORTER_OTLP_ENDPOINT=${url}`;
  return needsToken ? `${endpoint}\nOTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20TOKEN` : endpoint;
}

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped}'`;
}
