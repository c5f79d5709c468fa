/**
 * One line on stderr. Never stdout: that is the wire of a stdio server.
 * Writing can fail (a closed stderr); that is nobody's business.
 */
export function logLine(message: string): void {
  try {
    process.stderr.write(`mcp-sessionscope: ${message}\n`);
  } catch {
    // There is nowhere left to say it.
  }
}
