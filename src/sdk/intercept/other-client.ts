import { processWide } from '../process-wide.ts';
import { isTransport, type LowLevelServer, type ServerInfo, type Transport } from './shapes.ts';

/** A client that is not made of an SDK's, as far as it is used here. Names that it may not have add what they add. */
interface OtherClient {
  transport: Transport;
  clientInfo?: ServerInfo;
  serverInfo?: ServerInfo;
}

/** Shared by the copies of the package, so that none stands for a client again. */
const stands = (): WeakMap<object, LowLevelServer> => processWide('other-clients', () => new WeakMap());

/**
 * What stands for a client that is none of the SDKs' but speaks through a transport of their shape, on which it has set its
 * callbacks: the messages are seen there.
 *
 * @returns `undefined` for what is no such client.
 */
export function standForClient(value: unknown): LowLevelServer | undefined {
  if (!isOtherClient(value)) return undefined;
  const known = stands().get(value);
  if (known !== undefined) return known;
  const client = new WeakRef(value);
  const stand = {
    get transport() {
      return client.deref()?.transport;
    },
    get _clientInfo() {
      return client.deref()?.clientInfo;
    },
    getServerVersion: () => client.deref()?.serverInfo,
    connect: async () => {},
  };
  stands().set(value, stand as unknown as LowLevelServer);
  return stand as unknown as LowLevelServer;
}

function isOtherClient(value: unknown): value is OtherClient {
  if (typeof value !== 'object' || value === null || typeof Reflect.get(value, 'close') !== 'function')
    return false;
  const transport: unknown = Reflect.get(value, 'transport');
  return isTransport(transport) && typeof transport.onmessage === 'function';
}
