import * as semconv from '../../sdk/signals/semconv.ts';
import { type AttributeValue, decodeValue, objectOf } from '../recording/otlp.ts';
import { sizeOf } from '../sessions/sizes.ts';

/** Attributes that the index needs; the place in this list is that of the value. */
const WANTED = [
  semconv.ATTR_MCP_CLIENT_SESSION_ID,
  semconv.ATTR_MCP_CLIENT_SESSION_EVENT,
  semconv.ATTR_MCP_CLIENT_SESSION_SOURCE,
  semconv.ATTR_MCP_CLIENT_NAME,
  semconv.ATTR_MCP_CLIENT_VERSION,
  semconv.ATTR_MCP_PROTOCOL_VERSION,
  semconv.ATTR_NETWORK_TRANSPORT,
  semconv.ATTR_MCP_METHOD_NAME,
  semconv.ATTR_JSONRPC_REQUEST_ID,
  semconv.ATTR_MCP_REQUEST_ID,
  semconv.ATTR_GEN_AI_TOOL_NAME,
  semconv.ATTR_MCP_TOOL_NAME,
  semconv.ATTR_MCP_TOOLS_COUNT,
  semconv.ATTR_MCP_TOOLS_NAMES,
  semconv.ATTR_MCP_TOOLS_NAMES_LIST,
  semconv.ATTR_ERROR_TYPE,
  semconv.ATTR_EXCEPTION_TYPE,
  semconv.ATTR_RPC_RESPONSE_STATUS_CODE,
  semconv.ATTR_MCP_SESSION_ID,
  semconv.ATTR_MCP_PROTOCOL_SESSION_ID,
  semconv.ATTR_GEN_AI_CONVERSATION_ID,
  semconv.ATTR_MCP_REQUEST_SIZE,
  semconv.ATTR_MCP_RESPONSE_SIZE,
  semconv.ATTR_MCP_TOOLS_SIZE,
  semconv.ATTR_MCP_CLIENT_CONNECTION_ID,
  semconv.ATTR_MCP_SERVER_NAME,
  semconv.ATTR_MCP_ERROR_MESSAGE,
  semconv.ATTR_MCP_RESOURCE_URI,
  semconv.ATTR_GEN_AI_PROMPT_NAME,
] as const;
export type Wanted = (typeof WANTED)[number];

const PLACES: ReadonlyMap<string, number> = new Map(WANTED.map((key, i) => [key, i]));
const PLACE = Object.fromEntries(PLACES) as Record<Wanted, number>;

/** Keys of a span, and characters of a key. */
const MAX_REMEMBERED = 64;

/** The attributes of one span after the other that the index needs, without a map for each. */
export class WantedAttributes {
  readonly #values: (AttributeValue | undefined)[] = WANTED.map(() => undefined);
  /** The keys of the span before, and their places: most spans have the same in the same order. */
  readonly #lastKeys: string[] = [];
  readonly #lastPlaces: (number | undefined)[] = [];

  /** Takes over those of a span of OTLP JSON. */
  read(attributes: unknown): void {
    const values = this.#values;
    values.fill(undefined);
    if (!Array.isArray(attributes)) return;
    for (let i = 0; i < attributes.length; i += 1) {
      const attribute = attributes[i];
      if (typeof attribute !== 'object' || attribute === null) continue;
      const place = this.#placeOf(attribute.key, i);
      if (place === undefined) continue;
      const value = decodeValue(objectOf(attribute.value));
      if (value !== undefined) values[place] = value;
    }
  }

  /** Takes over what is said in the words of this package; what is not needed is passed over. */
  set(key: string, value: AttributeValue): void {
    const place = PLACES.get(key);
    if (place !== undefined) this.#values[place] = value;
  }

  get(key: Wanted): AttributeValue | undefined {
    return this.#values[PLACE[key]];
  }

  has(key: Wanted): boolean {
    return this.#values[PLACE[key]] !== undefined;
  }

  text(key: Wanted): string | undefined {
    const value = this.#values[PLACE[key]];
    return typeof value === 'string' ? value : undefined;
  }

  /** Bytes; 0: not known. */
  size(key: Wanted): number {
    return sizeOf(this.#values[PLACE[key]]) ?? 0;
  }

  /** The place of a key in {@link WANTED}. */
  #placeOf(key: string, at: number): number | undefined {
    if (key === this.#lastKeys[at]) return this.#lastPlaces[at];
    const place = PLACES.get(key);
    if (at >= MAX_REMEMBERED || typeof key !== 'string' || key.length > MAX_REMEMBERED) return place;
    this.#lastKeys[at] = key;
    this.#lastPlaces[at] = place;
    return place;
  }
}
