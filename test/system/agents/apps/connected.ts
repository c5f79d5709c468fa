/** A server that the library starts, or the address of one that listens. */
export type Target = { command: string; args: string[]; env: Record<string, string> } | { url: string };

/** A library that is connected to the server. */
export interface Connected {
  /** Calls a tool as its users do, and gives up after {@link TIMEOUT_MS}. */
  call(tool: string, args: Record<string, unknown>): Promise<unknown>;
  /** What `instrumentClient` takes, where the library hands it out. */
  client?: object;
  close(): Promise<void>;
}

/** Milliseconds. */
export const TIMEOUT_MS = 2_500;
