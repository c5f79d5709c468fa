import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A span as a recording holds it: read without the package's own reader. */
export interface SpanJson {
  readonly spanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startNanos: bigint;
  readonly endNanos: bigint;
  readonly isError: boolean;
  readonly service: string;
  readonly sessionId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Every span in the files of a folder. */
export async function readSpans(dir: string): Promise<SpanJson[]> {
  const names = (await readdir(dir)).filter((name) => /\.traces(\.\d+)?\.jsonl$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(dir, name), 'utf8')));
  return texts
    .flatMap((text) => text.split('\n'))
    .filter((line) => line !== '')
    .flatMap((line) => spansIn(JSON.parse(line)));
}

export function spansIn(otlp: any): SpanJson[] {
  return otlp.resourceSpans.flatMap(({ resource, scopeSpans }: any) =>
    scopeSpans.flatMap(({ spans }: any) => spans.map((span: any) => spanOf(span, resource))),
  );
}

function spanOf(span: any, resource: any): SpanJson {
  const attributes = valuesOf(span.attributes);
  return {
    spanId: span.spanId,
    name: span.name,
    kind: span.kind,
    startNanos: BigInt(span.startTimeUnixNano),
    endNanos: BigInt(span.endTimeUnixNano),
    isError: span.status?.code === 2,
    service: String(valuesOf(resource?.attributes)['service.name']),
    sessionId: attributes['mcp.client.session.id'] as string | undefined,
    attributes,
  };
}

function valuesOf(attributes: any[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: any): unknown {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}
