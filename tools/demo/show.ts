import { type Session, showCommand } from './recording.ts';

/** Prints what the command says of the recording: the sessions, and the one in which a payment failed. */
export async function showSessions(dir: string, sessions: Session[]): Promise<void> {
  const failed = sessions.find(({ errors, tools }) => errors > 0 && tools.includes('create_payment'));
  if (failed === undefined) throw new Error('the failed payment was not recorded');
  const place = quoted(dir);
  heading(`npx mcp-sessionscope sessions ${place}`);
  await showCommand(['sessions', dir]);
  heading(`npx mcp-sessionscope sessions ${place} --session ${failed.id}`);
  await showCommand(['sessions', dir, '--session', failed.id]);
}

const AFTERWARDS = {
  live: 'Clients come and go from now on. Ctrl-C ends the demo.',
  still: 'Ctrl-C ends the demo.',
  ends: 'Outside of a terminal, the demo ends here; with --stay it would go on until Ctrl-C.',
} as const;

/**
 * What is said when the page is there.
 *
 * @param answered - what it answered when it was asked
 */
export function pageThere(
  url: URL,
  dir: string,
  answered: string,
  afterwards: keyof typeof AFTERWARDS,
): string {
  const place = quoted(dir);
  return `
$ npx mcp-sessionscope ui --dir ${place}

  The Sessions page: ${url}
  It was asked: ${answered}.

The recording stays in ${dir}. Further commands:

  npx mcp-sessionscope ui --dir ${place}
  npx mcp-sessionscope sessions ${place} --errors
  npx mcp-sessionscope sessions ${place} --client inspector --json
  npx mcp-sessionscope sessions ${place} --session ID      (its first characters are enough)
  npx mcp-sessionscope --help

The files are OTLP JSON: the otlpjsonfile receiver of an OpenTelemetry Collector reads them, too.
To observe a server of your own, see examples/README.md.

${AFTERWARDS[afterwards]}`;
}

function heading(command: string): void {
  console.log(`\n$ ${command}\n`);
}

function quoted(path: string): string {
  return /^[\w./:\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
