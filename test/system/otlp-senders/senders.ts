import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goEnvironment, requireGo } from '../../../tools/stack/go.ts';
import { readVersions } from '../../../tools/stack/versions.ts';
import { CACHE_DIR } from '../../../tools/support/cached-install.ts';
import { type RunOptions, run, runOrThrow } from '../../../tools/support/children.ts';
import { installPython } from '../../../tools/support/python-venv.ts';
import { removeFolder } from '../../../tools/support/remove-folder.ts';
import { sendFromJavaScript } from './from-javascript.ts';
import { DURATIONS, LOGS, METRICS, SCENE } from './scene.ts';
import type { Way } from './way.ts';

/** An SDK of OpenTelemetry that sends the scene. */
export interface Sender {
  readonly name: string;
  readonly encodings: readonly Way['encoding'][];
  /** What it sets the flags of spans to, where that is not the scene's: Python's SDK leaves out that they were sampled. */
  readonly flags?: number;
  send(url: string, way: Way): Promise<void>;
}

/** Makes the senders ready; what is installed for them is kept in the cache folder. */
export async function prepareSenders(say: (line: string) => void): Promise<Sender[]> {
  const [python, go] = [
    await installPython(join(HERE, 'python/requirements.txt'), { say, name: 'the SDK for Python' }),
    await buildGo(say),
  ];
  return [
    { name: 'JavaScript', encodings: ['protobuf', 'json'], send: sendFromJavaScript },
    {
      name: 'Python',
      encodings: ['protobuf', 'json'],
      flags: 256,
      send: (url, { encoding, compression }) =>
        feed(python, [join(HERE, 'python/send.py'), url, encoding, compression]),
    },
    // Go's SDK has no JSON.
    {
      name: 'Go',
      encodings: ['protobuf'],
      send: (url, { compression }) => feed(go, [url, compression]),
    },
  ];
}

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Runs a program with the scene on its stdin. */
async function feed(file: string, args: string[]): Promise<void> {
  const bounds = METRICS[1]?.histogram?.dataPoints[0]?.explicitBounds;
  const input = JSON.stringify({ spans: SCENE, logs: LOGS, bounds, durations: DURATIONS });
  await runOrThrow(file, args, { input, timeoutMs: 60_000 });
}

/** Resolves with the program that sends with the SDK for Go. */
async function buildGo(say: (line: string) => void): Promise<string> {
  const version = await run('go', ['env', 'GOVERSION'], { env: { GOTOOLCHAIN: 'local' } }).catch(
    () => undefined,
  );
  requireGo(version?.stdout, readVersions().GO_VERSION);
  const key = createHash('sha256').update(version?.stdout ?? '');
  for (const name of ['main.go', 'logs.go', 'go.mod', 'go.sum'])
    key.update(await readFile(join(HERE, 'go', name)));
  const program = join(CACHE_DIR, `go-sender-${key.digest('hex').slice(0, 12)}`);
  if (existsSync(program)) return program;
  say('building the sender with the SDK for Go …');
  await mkdir(CACHE_DIR, { recursive: true });
  const staging = await mkdtemp(join(CACHE_DIR, 'installing-'));
  try {
    const options: RunOptions = {
      cwd: join(HERE, 'go'),
      env: goEnvironment(process.env) as Record<string, string>,
    };
    await runOrThrow('go', ['build', '-mod=readonly', '-o', join(staging, 'sender'), '.'], options);
    await rename(join(staging, 'sender'), program);
  } finally {
    await removeFolder(staging);
  }
  return program;
}
