/** The variable that the sender reads its work from. A process that has it never starts a sender itself. */
export const JOBS_VARIABLE = 'MCP_SESSIONSCOPE_DELIVERY';

/** One file of the spool and where it goes. */
export interface Job {
  readonly path: string;
  /** What the file is called once it is nobody's. */
  readonly freePath: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Files in PEM, as Node's TLS takes their contents. */
  readonly tls: Readonly<Record<string, string>>;
}

/** Milliseconds after which the sender gives up, whatever it is doing. */
export const SENDER_LIMIT_MS = 20_000;

/**
 * What the sender runs: it posts each line of each file, removes a file whose lines were all taken, and leaves the rest
 * for the next start. Text, and without imports from here, because a bundled server has no files beside it; for Node,
 * Bun and Deno.
 */
export const SENDER_SCRIPT = `
(async () => {
  const { default: process } = await import('node:process');
  const fs = await import('node:fs');
  const jobs = JSON.parse(process.env.${JOBS_VARIABLE});
  setTimeout(() => process.exit(), ${SENDER_LIMIT_MS}).unref();
  const post = async ({ url, headers, tls }, body) => {
    const { request } = await import(url.startsWith('https:') ? 'node:https' : 'node:http');
    const pem = Object.fromEntries(Object.entries(tls).map(([part, path]) => [part, fs.readFileSync(path)]));
    return new Promise((resolve) => {
      const options = { method: 'POST', headers: { ...headers, 'content-length': body.length }, timeout: 5000, ...pem };
      const asked = request(url, options, (answer) => {
        let text = '';
        answer.on('data', (chunk) => { if (text.length < 100) text += chunk; });
        answer.on('error', () => resolve(false));
        answer.on('end', () => {
          resolve(answer.statusCode >= 200 && answer.statusCode < 300 && !text.trimStart().startsWith('<'));
        });
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => resolve(false));
      asked.end(body);
    });
  };
  const send = async (job) => {
    let left = fs.readFileSync(job.path, 'utf8').split('\\n').filter((line) => line !== '');
    for (const pauseMs of [0, 500, 2000]) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      while (left.length > 0 && (await post(job, Buffer.from(left[0])).catch(() => false))) left = left.slice(1);
      if (left.length === 0) return fs.rmSync(job.path);
    }
    fs.writeFileSync(job.path, left.join('\\n') + '\\n');
    fs.renameSync(job.path, job.freePath);
  };
  await Promise.allSettled(jobs.map(send));
})();
`;
