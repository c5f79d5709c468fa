import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the page's "load the demo" shows. */
const SHIPPED = fileURLToPath(new URL('../../src/explorer/page/demo.jsonl', import.meta.url));

/** Of a resource, what says nothing of the machine. */
const KEPT_RESOURCE = ['service.name', 'service.version', 'service.instance.id', 'telemetry.sdk.'];
/** Holds the paths of the machine. */
const STACK = 'exception.stacktrace';

interface Attribute {
  key: string;
}

interface ResourceSpans {
  resource: { attributes: Attribute[] };
  scopeSpans: { scope: object; spans: object[] }[];
}

/** Writes the spans and the logs of a recording to where the build takes them from, without what is the machine's. */
export async function shipRecording(dir: string): Promise<{ path: string; spans: number; bytes: number }> {
  const lines = (await textsOf(dir, 'traces')).map(asShipped);
  const logs = await textsOf(dir, 'logs');
  const text = [...lines.map(({ line }) => `${line}\n`), ...logs].join('');
  await mkdir(dirname(SHIPPED), { recursive: true });
  await writeFile(SHIPPED, text);
  return { path: SHIPPED, spans: lines.reduce((sum, { spans }) => sum + spans, 0), bytes: text.length };
}

/** The files of a signal. */
async function textsOf(dir: string, signal: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) =>
    new RegExp(`\\.${signal}(\\.\\d+)?\\.jsonl$`).test(name),
  );
  return Promise.all(names.sort().map((name) => readFile(join(dir, name), 'utf8')));
}

/** The file of one process as one line: what its lines have in common stands once. */
function asShipped(file: string): { line: string; spans: number } {
  const batches = file
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => (JSON.parse(line) as { resourceSpans: ResourceSpans[] }).resourceSpans);
  const [first] = batches;
  if (first === undefined) throw new Error('a file of the recording is empty');
  const attributes = first.resource.attributes.filter(({ key }) =>
    KEPT_RESOURCE.some((kept) => key === kept || (kept.endsWith('.') && key.startsWith(kept))),
  );
  const spans = batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const scope = first.scopeSpans[0]!.scope;
  const line = JSON.stringify(
    { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans }] }] },
    lean,
  );
  return { line, spans: spans.length };
}

/** For `JSON.stringify`: leaves out stacks, and fields that say the same, or nothing here, where they are missing. */
function lean(key: string, value: unknown): unknown {
  if (key === 'flags' || (/^dropped\w+Count$/.test(key) && value === 0)) return undefined;
  if (!Array.isArray(value)) return value;
  if (value.length === 0 && (key === 'events' || key === 'links')) return undefined;
  return key === 'attributes' ? (value as Attribute[]).filter((attribute) => attribute.key !== STACK) : value;
}
