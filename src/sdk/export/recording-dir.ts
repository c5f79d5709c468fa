import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that the `file` exporter writes to and the command reads from, unless one is named:
 * `MCP_SESSIONSCOPE_DIR`, else `~/.mcp-sessionscope`. An empty variable counts as unset, as OpenTelemetry has it.
 *
 * @param env - the environment; default: the process's own
 * @param home - gives the home folder; asked only where it is needed, for it can throw in a container without users
 */
export function defaultRecordingDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: () => string = homedir,
): string {
  const named = env['MCP_SESSIONSCOPE_DIR'];
  return named !== undefined && named.trim() !== '' ? named : join(home(), '.mcp-sessionscope');
}
