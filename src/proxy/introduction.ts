import type { ServerInfo } from '../sdk/intercept/shapes.ts';
import { isRecord } from '../sdk/protocol/json-rpc.ts';
import { metaOf } from '../sdk/protocol/meta.ts';

/** Since MCP 2026-07-28 every result may carry it. */
const META_SERVER_INFO = 'io.modelcontextprotocol/serverInfo';

/** How a server introduces itself: with `serverInfo` in its answer to `initialize`, or in `_meta` of any answer. */
export class Introduction {
  /** What the server is called as long as it has not said so, and if it never does. */
  readonly provisionalName: string;
  /** Resolves once: with what the server says, or with nothing where it will say nothing more. */
  readonly told: Promise<ServerInfo>;
  #tell: ((info: ServerInfo) => void) | undefined;

  constructor(provisionalName: string) {
    this.provisionalName = provisionalName;
    this.told = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  /** Reads a message of the server. */
  read(message: unknown): void {
    if (this.#tell === undefined || !isRecord(message) || !isRecord(message['result'])) return;
    const { result } = message;
    const info = result['serverInfo'] ?? metaOf(result)[META_SERVER_INFO];
    if (isRecord(info)) this.#settle({ name: text(info['name']), version: text(info['version']) });
  }

  /** The server has gone, or has answered without a word of itself. Exports wait until then. */
  giveUp(): void {
    this.#settle({ name: undefined, version: undefined });
  }

  #settle(info: ServerInfo): void {
    this.#tell?.(info);
    this.#tell = undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
