import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** What a tool can ask of the client while it runs, whichever SDK serves it. */
export interface Reach {
  log(text: string): Promise<void>;
  progress(progress: number, total: number): Promise<void>;
  /** Asks the client's model; resolves with the text of its answer. */
  sample(prompt: string): Promise<string>;
  /** Asks the client's user; resolves with the answer as JSON. */
  elicit(message: string, properties: Record<string, object>, required?: string[]): Promise<string>;
  /** Ends the response's event stream, so that the client has to come back for the rest. */
  closeStream(): void;
}

/** A tool that a conformance scenario calls by this name. */
export interface FeatureTool {
  name: string;
  input?: Record<string, z.ZodType>;
  run(args: Record<string, string>, reach: Reach): Promise<{ content: Content[] }>;
}

type Content =
  | { type: 'text'; text: string }
  | { type: 'image' | 'audio'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; text: string } };

/** A picture of one pixel. */
export const PIXEL_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
/** A sound without samples. */
const EMPTY_WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';

const STEP_MS = 50;

/** The tools of the 2025 scenarios. */
export const featureTools: FeatureTool[] = [
  tool('test_simple_text', async () => [text('This is a simple text response for testing.')]),
  tool('test_image_content', async () => [image()]),
  tool('test_audio_content', async () => [{ type: 'audio', data: EMPTY_WAV, mimeType: 'audio/wav' }]),
  tool('test_embedded_resource', async () => [
    resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  ]),
  tool('test_multiple_content_types', async () => [
    text('Multiple content types test:'),
    image(),
    resource('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ]),
  tool('test_error_handling', async () => {
    throw new Error('This tool intentionally returns an error for testing');
  }),
  tool('test_tool_with_logging', async (_args, reach) => {
    await reach.log('Tool execution started');
    await delay(STEP_MS);
    await reach.log('Tool processing data');
    await delay(STEP_MS);
    await reach.log('Tool execution completed');
    return [text('Logged three messages.')];
  }),
  tool('test_tool_with_progress', async (_args, reach) => {
    for (const progress of [0, 50, 100]) {
      await reach.progress(progress, 100);
      await delay(STEP_MS);
    }
    return [text('Reported progress three times.')];
  }),
  {
    ...tool('test_sampling', async ({ prompt = '' }, reach) => [
      text(`LLM response: ${await reach.sample(prompt)}`),
    ]),
    input: { prompt: z.string() },
  },
  {
    ...tool('test_elicitation', async ({ message = '' }, reach) => {
      const answer = await reach.elicit(
        message,
        {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        ['username', 'email'],
      );
      return [text(`User response: ${answer}`)];
    }),
    input: { message: z.string() },
  },
  tool('test_elicitation_sep1034_defaults', async (_args, reach) => [
    text(`Elicitation completed: ${await reach.elicit('Fill in the form', defaultedFields)}`),
  ]),
  tool('test_elicitation_sep1330_enums', async (_args, reach) => [
    text(`Elicitation completed: ${await reach.elicit('Choose', enumFields)}`),
  ]),
  tool('test_reconnection', async (_args, reach) => {
    reach.closeStream();
    await delay(2 * STEP_MS);
    return [text('Completed after the stream was closed.')];
  }),
];

function tool(
  name: string,
  run: (args: Record<string, string>, reach: Reach) => Promise<Content[]>,
): FeatureTool {
  return { name, run: async (args, reach) => ({ content: await run(args, reach) }) };
}

function text(value: string): Content {
  return { type: 'text', text: value };
}

function image(): Content {
  return { type: 'image', data: PIXEL_PNG, mimeType: 'image/png' };
}

function resource(uri: string, mimeType: string, value: string): Content {
  return { type: 'resource', resource: { uri, mimeType, text: value } };
}

const defaultedFields = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const options = ['option1', 'option2', 'option3'];
const titled = [
  { const: 'value1', title: 'First' },
  { const: 'value2', title: 'Second' },
  { const: 'value3', title: 'Third' },
];

const enumFields = {
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: {
    type: 'string',
    enum: ['opt1', 'opt2', 'opt3'],
    enumNames: ['Option One', 'Option Two', 'Option Three'],
  },
  untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
};
