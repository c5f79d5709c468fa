/** One line on stderr. Never stdout: that is the wire of a stdio server. */
export function logLine(message: string): void {
  writeError(`mcp-sessionscope: ${message}\n`);
}

let watching = false;

/** Writes on stderr. That this fails, where the host has closed our stderr, is nobody's business. */
export function writeError(text: string): void {
  try {
    if (!watching) {
      // A failed write is reported by an event, and one that nobody listens for would end the server.
      process.stderr.on('error', () => {});
      watching = true;
    }
    process.stderr.write(text);
  } catch {
    // There is nowhere left to say it.
  }
}
