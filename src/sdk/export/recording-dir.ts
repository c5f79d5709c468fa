import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';

/**
 * The folder that the `file` exporter writes to and the command reads from, unless one is named:
 * `MCP_SESSIONSCOPE_DIR`, else `~/.mcp-sessionscope`. An empty variable counts as unset, as OpenTelemetry has it.
 *
 * @param env - the environment; default: the process's own
 * @param home - gives the home folder; asked only where it is needed
 * @throws Error, for users to read, where there is no home folder: a container can run as a user that it does not know
 */
export function defaultRecordingDir(
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: () => string = homeFolder,
): string {
  const named = env['MCP_SESSIONSCOPE_DIR'];
  return named !== undefined && named.trim() !== '' ? named : join(home(), '.mcp-sessionscope');
}

/** An empty HOME counts as unset: the files would go wherever the process happens to stand. */
export function homeFolder(): string {
  try {
    return homedir() || userInfo().homedir;
  } catch {
    throw new Error('this user has no home folder: name a folder, or set MCP_SESSIONSCOPE_DIR');
  }
}
