/** What is written on stderr meanwhile, but for the warnings of Node. */
export async function stderrOf(run: () => Promise<void>): Promise<string> {
  const { write } = process.stderr;
  let written = '';
  process.stderr.write = ((chunk: string) => {
    if (!chunk.startsWith('(node:')) written += chunk;
    return true;
  }) as typeof write;
  try {
    await run();
  } finally {
    process.stderr.write = write;
  }
  return written;
}
