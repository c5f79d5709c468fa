import { afterEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { closeRecordings, record } from '../../support/recording.ts';
import { connectV1, v1Server } from '../../support/v1.ts';

afterEach(closeRecordings);

async function variablesOf(config: object, variables: Record<string, string>) {
  const { telemetry, spans } = record(config);
  const server = v1Server();
  const argsSchema = Object.fromEntries(Object.keys(variables).map((name) => [name, z.string()]));
  server.registerPrompt('draft', { argsSchema }, async () => ({ messages: [] }));
  telemetry.instrument(server);
  const { client } = await connectV1(server);
  await client.getPrompt({ name: 'draft', arguments: variables });
  const { attributes } = spans().find(({ attributes }) => attributes['gen_ai.prompt.name'] === 'draft')!;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name.includes('.variable.')));
}

test('the variables of a prompt are recorded one by one where arguments are, redacted by name and by value', async () => {
  const recorded = await variablesOf(
    { enableArgumentCollection: true },
    { topic: 'otters', to: 'jane@example.com', apiKey: 'abc' },
  );
  expect(recorded).toEqual({
    'gen_ai.prompt.variable.topic': 'otters',
    'gen_ai.prompt.variable.to': '[REDACTED:email]',
    'gen_ai.prompt.variable.apiKey': '[REDACTED]',
  });
});

test('they are not recorded unless asked for, and not without end', async () => {
  expect(await variablesOf({}, { topic: 'otters' })).toEqual({});
  const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`v${index}`, 'x']));
  const recorded = await variablesOf({ enableArgumentCollection: true }, many);
  expect(Object.keys(recorded)).toHaveLength(32);
});
