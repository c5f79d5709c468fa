import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { OverHttp } from './clients.ts';
import type { Scene, Visit } from './visits.ts';

const CARD = '4242 4242 4242 4242';
const CHAT_PAUSE_MS = 9_000;
/** A session of a day is no demo. */
const CHAT_MESSAGES = 200;

let payments = 2_000;

/** What goes on after the visits of the demo: people at work, who think between two calls, and what goes wrong with it. */
export const LIVE_VISITS: readonly Visit[] = [
  {
    who: { name: 'payment-agent', version: '3.2.0' },
    about: 'create_payment fails, then succeeds 2 s later; it knows the tools from before',
    async play({ clients, targets, pause }) {
      const client = await clients.modern(this.who, targets.payments);
      payments += 1;
      const payment = { reference: `INV-${payments}`, amount: 25 + (payments % 70), card: CARD };
      await client.callTool({ name: 'get_balance', arguments: {} });
      await pause(1_200);
      await client.callTool({ name: 'create_payment', arguments: payment });
      await pause(2_000);
      await client.callTool({ name: 'create_payment', arguments: payment });
      await clients.close(client);
    },
  },
  {
    who: { name: 'desktop-chat', version: '1.5.0' },
    about: 'a conversation',
    async play(scene) {
      await overHttp(scene, this.who, converse);
    },
  },
  {
    who: { name: 'inspector', version: '1.0.0' },
    about: 'wrong arguments, then right ones',
    async play(scene) {
      await overHttp(scene, this.who, inspect);
    },
  },
  {
    who: { name: 'checkout-bot', version: '0.4.0' },
    about: 'a large payment, which a person confirms',
    async play({ clients, targets, pause }) {
      const client = await clients.modern(this.who, targets.payments);
      payments += 1;
      const payment = { reference: `INV-${payments}`, amount: 740, card: CARD };
      await client.listTools();
      await pause(800);
      await client.callTool({ name: 'create_payment', arguments: payment });
      await pause(1_500);
      await client.callTool({ name: 'create_payment', arguments: payment });
      await clients.close(client);
    },
  },
  {
    who: { name: 'code-editor', version: '2.1.0' },
    about: 'the server asks the user and the model',
    async play({ clients, targets, pause }) {
      const { client, transport } = await clients.interactiveOverHttp(this.who, targets.everythingHttp);
      await client.listTools();
      await pause(1_500);
      await client.callTool({ name: 'trigger-elicitation-request', arguments: {} });
      await pause(2_000);
      const prompt = { prompt: 'Name this function', maxTokens: 20 };
      await client.callTool({ name: 'trigger-sampling-request', arguments: prompt });
      await transport.terminateSession();
      await clients.close(client);
    },
  },
  {
    who: { name: 'mobile-chat', version: '0.2.1' },
    about: 'disappears without closing its session',
    async play({ clients, targets, pause }) {
      const { client } = await clients.overHttp(this.who, targets.everythingHttp);
      await client.listTools();
      await pause(1_000);
      await client.callTool({ name: 'echo', arguments: { message: 'on the train' } });
      await clients.close(client);
    },
  },
  {
    who: { name: 'desktop-chat', version: '1.4.0' },
    about: 'the user does not wait for a slow tool',
    async play(scene) {
      await overHttp(scene, this.who, loseInterest);
    },
  },
  {
    who: { name: 'nightly-report', version: '5.0.0' },
    about: 'legacy and stateless',
    async play({ clients, targets, pause }) {
      const { client } = await clients.overHttp(this.who, targets.payments);
      for (let i = 0; i < 3; i += 1) {
        await client.callTool({ name: 'get_balance', arguments: {} });
        await pause(1_000);
      }
      await clients.close(client);
    },
  },
  {
    who: { name: 'terminal-chat', version: '0.9.0' },
    about: 'stdio; a few calls and gone',
    async play({ clients, targets, pause }) {
      const client = await clients.overStdio(this.who, targets.everythingStdio);
      await client.callTool({ name: 'echo', arguments: { message: 'hello' } });
      await pause(1_500);
      await client.callTool({ name: 'get-sum', arguments: { a: 20, b: 22 } });
      await clients.close(client);
    },
  },
];

/** A client that is there as long as the demo, and says something now and then. */
export const LONG_CHAT: Visit = {
  who: { name: 'team-chat', version: '2.3.0' },
  about: 'a long conversation',
  stays: true,
  async play({ clients, targets, pause }) {
    const { client } = await clients.overHttp(this.who, targets.everythingHttp);
    await client.listTools();
    for (let i = 1; i <= CHAT_MESSAGES; i += 1) {
      await pause(CHAT_PAUSE_MS);
      // Every seventh time, the model makes something up.
      const a = i % 7 === 0 ? 'a few' : i;
      if (i % 3 === 0) await client.callTool({ name: 'get-sum', arguments: { a, b: 1 } });
      else await client.callTool({ name: 'echo', arguments: { message: `message ${i}` } });
    }
  },
};

type Pause = Scene['pause'];

async function overHttp(
  { clients, targets, pause }: Scene,
  who: Visit['who'],
  talk: (client: Client, pause: Pause) => Promise<void>,
): Promise<void> {
  const { client, transport }: OverHttp = await clients.overHttp(who, targets.everythingHttp);
  await client.listTools();
  await pause(900);
  await talk(client, pause);
  await transport.terminateSession();
  await clients.close(client);
}

async function converse(client: Client, pause: Pause): Promise<void> {
  await client.callTool({ name: 'echo', arguments: { message: 'what is the weather like?' } });
  await pause(2_500);
  await client.callTool({ name: 'get-structured-content', arguments: { location: 'New York' } });
  await pause(1_500);
  const slow = { name: 'trigger-long-running-operation', arguments: { duration: 3, steps: 3 } };
  await client.callTool(slow, undefined, { onprogress: () => {} });
  await pause(1_000);
  await client.readResource({ uri: 'demo://resource/dynamic/text/2' });
}

async function inspect(client: Client, pause: Pause): Promise<void> {
  await client.callTool({ name: 'get-sum', arguments: { a: 'two', b: 40 } });
  await pause(3_000);
  await client.callTool({ name: 'get-sum', arguments: { a: 2, b: 40 } });
  await pause(1_000);
  await client.callTool({ name: 'get_sum', arguments: { a: 2, b: 40 } });
}

async function loseInterest(client: Client, pause: Pause): Promise<void> {
  const cancel = new AbortController();
  const slow = { name: 'trigger-long-running-operation', arguments: { duration: 2, steps: 2 } };
  const call = client.callTool(slow, undefined, { signal: cancel.signal }).catch(() => {});
  await pause(1_200);
  cancel.abort('the user closed the tab');
  await call;
  await pause(1_500);
  await client.callTool({ name: 'echo', arguments: { message: 'never mind' } });
}
