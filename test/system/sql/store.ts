import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Connection, openEngine } from '../../../tools/stack/clickhouse/engine.ts';
import { splitStatements } from '../../../tools/stack/clickhouse/sql.ts';
import type { SpanRow } from './spans.ts';

const SCHEMA = fileURLToPath(new URL('../../../examples/stack/clickhouse/schema.sql', import.meta.url));
/** The schema's own database, in place of which each store has one. */
const DATABASE = /\botel(?=\.|;| *$)/gm;

/** An answer of the engine: columns by name, and rows in their order. */
export interface Answer {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Tables of the stack in ClickHouse's engine, in a database of their own. */
export interface Store {
  insert(spans: readonly SpanRow[]): Promise<void>;
  ask(sql: string): Promise<Answer>;
}

/** Opens stores in a folder; all of them go with it. */
export function openStores(engineFolder: string, dataFolder: string) {
  const engine = openEngine(engineFolder, dataFolder);
  return {
    async make(database: string): Promise<Store> {
      const connection = engine.connect();
      const schema = readFileSync(SCHEMA, 'utf8').replace(DATABASE, database);
      for (const statement of splitStatements(schema)) await connection.run(statement);
      await connection.run(`USE ${database}`);
      return storeOf(connection);
    },
    close: () => engine.close(),
  };
}

function storeOf(connection: Connection): Store {
  return {
    async insert(spans) {
      const rows = spans.map((span) => JSON.stringify(span)).join('\n');
      await connection.run(
        `INSERT INTO otel_traces SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow ${rows}`,
      );
    },
    async ask(sql) {
      const { bytes } = await connection.run(sql, { format: 'JSONCompact' });
      const { meta, data } = JSON.parse(Buffer.from(bytes).toString());
      const described: { name: string; type: string }[] = meta;
      return {
        columns: described.map(({ name }) => name),
        types: described.map(({ type }) => type),
        rows: data,
      };
    },
  };
}
