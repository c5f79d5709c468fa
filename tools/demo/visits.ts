import type { StdioServerParameters } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Clients, Who } from './clients.ts';

/** The servers that traffic is sent to. */
export interface Targets {
  /** How to start server-everything over stdio. */
  everythingStdio: StdioServerParameters;
  /** Where server-everything listens: stateful Streamable HTTP. */
  everythingHttp: URL;
  /** Where the payments server listens: protocol 2026-07-28 and legacy stateless. */
  payments: URL;
}

/** What a visit has to play with. */
export interface Scene {
  /** Of this visit alone. */
  clients: Clients;
  targets: Targets;
  /** Waits as a user or a model would; rejects when the traffic is stopped. */
  pause(ms: number): Promise<void>;
}

/** What one client does from its first request to its last. */
export interface Visit {
  who: Who;
  /** In a few words, for the progress lines. */
  about: string;
  /** The client stays connected. */
  stays?: true;
  play(scene: Scene): Promise<void>;
}

const PAYMENT = { reference: 'INV-1007', amount: 25, card: '4242 4242 4242 4242' };
const LARGE_PAYMENT = { ...PAYMENT, reference: 'INV-1007', amount: 900 };

/** The visits that the demo begins with, and shows. */
export const VISITS: readonly Visit[] = [
  {
    who: { name: 'code-editor', version: '2.0.1' },
    about: 'stdio; the server asks for roots, the user and a completion',
    async play({ clients, targets, pause }) {
      const client = await clients.overStdio(this.who, targets.everythingStdio);
      await client.listTools();
      await client.listPrompts();
      await client.callTool({ name: 'get-sum', arguments: { a: 2, b: 40 } });
      await pause(500);
      await client.callTool({ name: 'trigger-elicitation-request', arguments: {} });
      await client.callTool({
        name: 'trigger-sampling-request',
        arguments: { prompt: 'Hello', maxTokens: 10 },
      });
      await client.getPrompt({ name: 'simple-prompt' });
      await clients.close(client);
    },
  },
  {
    who: { name: 'terminal-chat', version: '0.9.0' },
    about: 'stdio; one call and gone',
    async play({ clients, targets }) {
      const client = await clients.overStdio(this.who, targets.everythingStdio);
      await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
      await clients.close(client);
    },
  },
  {
    who: { name: 'desktop-chat', version: '1.4.0' },
    about: 'HTTP; a slow tool with progress, then DELETE',
    async play({ clients, targets, pause }) {
      const { client, transport } = await clients.overHttp(this.who, targets.everythingHttp);
      await client.listTools();
      await client.readResource({ uri: 'demo://resource/dynamic/text/1' });
      await client.callTool(
        { name: 'trigger-long-running-operation', arguments: { duration: 2, steps: 4 } },
        undefined,
        { onprogress: () => {} },
      );
      await pause(200);
      await client.callTool({ name: 'get-structured-content', arguments: { location: 'Chicago' } });
      await transport.terminateSession();
      await clients.close(client);
    },
  },
  {
    who: { name: 'inspector', version: '1.0.0' },
    about: 'HTTP; wrong arguments, an unknown tool, a cancelled call',
    async play({ clients, targets, pause }) {
      const { client, transport } = await clients.overHttp(this.who, targets.everythingHttp);
      await client.listTools();
      await client.listResources();
      await client.callTool({ name: 'get-sum', arguments: { a: 'two', b: 40 } });
      await client.callTool({ name: 'no-such-tool', arguments: {} });
      const cancel = new AbortController();
      const slow = { name: 'trigger-long-running-operation', arguments: { duration: 1, steps: 2 } };
      const cancelled = client.callTool(slow, undefined, { signal: cancel.signal }).catch(() => {});
      await pause(300);
      cancel.abort('no longer wanted');
      await cancelled;
      // The handler goes on until it settles; its span ends then.
      await pause(1000);
      await transport.terminateSession();
      await clients.close(client);
    },
  },
  {
    who: { name: 'payment-agent', version: '3.2.0' },
    about: 'HTTP, protocol 2026-07-28; create_payment fails, then succeeds',
    async play({ clients, targets, pause }) {
      const client = await clients.modern(this.who, targets.payments);
      await client.listTools();
      await client.callTool({ name: 'get_balance', arguments: {} });
      await client.callTool({ name: 'create_payment', arguments: PAYMENT });
      await pause(1500);
      await client.callTool({ name: 'create_payment', arguments: PAYMENT });
      await client.callTool({ name: 'create_payment', arguments: LARGE_PAYMENT });
      await clients.close(client);
    },
  },
  {
    who: { name: 'nightly-report', version: '5.0.0' },
    about: 'HTTP, legacy and stateless',
    async play({ clients, targets }) {
      const { client } = await clients.overHttp(this.who, targets.payments);
      await client.callTool({ name: 'get_balance', arguments: {} });
      await clients.close(client);
    },
  },
  {
    who: { name: 'support-chat', version: '1.1.0' },
    about: 'HTTP; stays connected',
    stays: true,
    async play({ clients, targets }) {
      const { client } = await clients.overHttp(this.who, targets.everythingHttp);
      await client.listTools();
      await client.callTool({ name: 'echo', arguments: { message: 'anybody there?' } });
    },
  },
];
