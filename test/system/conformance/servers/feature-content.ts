import { PIXEL_PNG } from './feature-tools.ts';

type PromptContent =
  | { type: 'text'; text: string }
  | { type: 'image'; data: string; mimeType: string }
  | { type: 'resource'; resource: { uri: string; mimeType: string; text: string } };

/** A prompt that a conformance scenario gets by this name. */
export interface FeaturePrompt {
  name: string;
  /** Names of its arguments; all are required. */
  args: string[];
  content(args: Record<string, string>): PromptContent[];
}

export const featurePrompts: FeaturePrompt[] = [
  {
    name: 'test_simple_prompt',
    args: [],
    content: () => [{ type: 'text', text: 'This is a simple prompt for testing.' }],
  },
  {
    name: 'test_prompt_with_arguments',
    args: ['arg1', 'arg2'],
    content: ({ arg1, arg2 }) => [
      { type: 'text', text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` },
    ],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    args: ['resourceUri'],
    content: ({ resourceUri = '' }) => [
      {
        type: 'resource',
        resource: {
          uri: resourceUri,
          mimeType: 'text/plain',
          text: 'Embedded resource content for testing.',
        },
      },
      { type: 'text', text: 'Please process the embedded resource above.' },
    ],
  },
  {
    name: 'test_prompt_with_image',
    args: [],
    content: () => [
      { type: 'image', data: PIXEL_PNG, mimeType: 'image/png' },
      { type: 'text', text: 'Please analyze the image above.' },
    ],
  },
];

interface FeatureResource {
  name: string;
  uri: string;
  mimeType: string;
  content: { text: string } | { blob: string };
}

export const featureResources: FeatureResource[] = [
  {
    name: 'static-text',
    uri: 'test://static-text',
    mimeType: 'text/plain',
    content: { text: 'This is the content of the static text resource.' },
  },
  {
    name: 'static-binary',
    uri: 'test://static-binary',
    mimeType: 'image/png',
    content: { blob: PIXEL_PNG },
  },
  {
    name: 'watched-resource',
    uri: 'test://watched-resource',
    mimeType: 'text/plain',
    content: { text: 'A resource that can be subscribed to.' },
  },
];

export const RESOURCE_TEMPLATE = 'test://template/{id}/data';

/** The content of the templated resource with this id. */
export function templatedText(id: string): string {
  return JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
}

/** Completions of a prompt argument: always the same few, by prefix. */
export function completions(prefix: string): string[] {
  return ['paris', 'park', 'party', 'test'].filter((word) => word.startsWith(prefix));
}

/** The input schema whose keywords a listing must keep. */
export const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object' as const,
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};
