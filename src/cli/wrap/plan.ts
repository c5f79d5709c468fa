import { parseJsonc } from './jsonc.ts';
import type { Outcome } from './outcome.ts';
import { type ContainerPath, type FoundServer, findLikeServers, findServers } from './servers.ts';
import { parseToml } from './toml.ts';
import { applyEdits, type ConfigFormat, type ConfigNode, lineOf, NotUnderstoodError } from './tree.ts';
import { unwrapServer } from './unwrap-server.ts';
import { type WrapOptions, wrapServer } from './wrap-server.ts';

/** What would become of a file. */
export interface Plan {
  /** The whole text afterwards. */
  readonly text: string;
  /** All servers of the file of which there is something to say. */
  readonly servers: readonly PlannedServer[];
  /** All that it has. */
  readonly names: readonly string[];
  /** The line of what looks like servers, where there are none in a form that is known. */
  readonly otherForm: number | undefined;
}

export interface PlannedServer {
  readonly name: string;
  readonly of: string | undefined;
  readonly line: number;
  readonly outcome: Outcome;
}

export interface Configuration {
  readonly text: string;
  readonly format: ConfigFormat;
  readonly containers: readonly ContainerPath[];
  /** Only the servers of these names; nothing: all. */
  readonly only: ReadonlySet<string> | undefined;
}

/** @throws NotUnderstoodError */
export function planWrap(configuration: Configuration, options: WrapOptions): Plan {
  return planEach(configuration, (text, { name, value }) => wrapServer(text, name, value, options));
}

/** @throws NotUnderstoodError */
export function planUnwrap(configuration: Configuration): Plan {
  return planEach(configuration, (text, { value }) => unwrapServer(text, value));
}

function planEach(
  { text: whole, format, containers, only }: Configuration,
  outcomeOf: (text: string, server: FoundServer) => Outcome | undefined,
): Plan {
  // Parsers do not take the mark that Windows' editors put first.
  const mark = whole.startsWith('\ufeff') ? '\ufeff' : '';
  const text = whole.slice(mark.length);
  const root = parse(text, format);
  const found = findServers(root, containers);
  const other = found.length === 0 ? findLikeServers(root) : undefined;
  const servers = found
    .filter(({ name }) => only?.has(name) !== false)
    .flatMap((server) => {
      const outcome = outcomeOf(text, server);
      const { name, of, offset } = server;
      return outcome === undefined ? [] : [{ name, of, line: lineOf(text, offset), outcome }];
    });
  const edits = servers.flatMap(({ outcome }) => ('edits' in outcome ? outcome.edits : []));
  return {
    text: mark + applyEdits(text, edits),
    servers,
    names: found.map(({ name }) => name),
    otherForm: other === undefined ? undefined : lineOf(text, other),
  };
}

function parse(text: string, format: ConfigFormat): ConfigNode & { kind: 'object' } {
  try {
    return format === 'toml' ? parseToml(text) : parseJsonc(text);
  } catch (error) {
    // The parsers call themselves for what is inside; a file of a project is written by anybody.
    if (error instanceof RangeError) throw new NotUnderstoodError('it is nested too deeply');
    throw error;
  }
}
