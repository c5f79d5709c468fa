/** Says on stderr what is being done; stdout is for the results. One line that is rewritten, on a terminal. */
export class Progress {
  readonly #startedAt = performance.now();

  say(text: string): void {
    const line = `[${this.#elapsed()}] ${text}`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** Ends the line, so that what comes next begins on its own. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  }

  #elapsed(): string {
    const seconds = Math.floor((performance.now() - this.#startedAt) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  }
}
