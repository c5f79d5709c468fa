import { describe, expect, test } from '@jest/globals';
import { createCapture } from '../../../src/sdk/privacy/capture.ts';
import { HELD_OUT_INNOCENTS } from '../../support/redaction/held-out-innocents.ts';
import { HELD_OUT_SECRETS } from '../../support/redaction/held-out-secrets.ts';
import { INNOCENTS } from '../../support/redaction/innocents.ts';
import { changed, passing } from '../../support/redaction/rates.ts';
import { SECRET_FORMS } from '../../support/redaction/secret-forms.ts';
import { SECRETS } from '../../support/redaction/secrets.ts';

const { text, json } = createCapture({ sanitize: true, maxLength: 4_096 });
const shows = (value: unknown): string => (typeof value === 'string' ? text(value) : json(value));

describe.each([
  ['the samples that the rules were made with', [...SECRETS, ...SECRET_FORMS], INNOCENTS, 0.02],
  ['the samples that were written apart from the rules', HELD_OUT_SECRETS, HELD_OUT_INNOCENTS, 0.08],
])('of %s', (_which, secrets, innocents, share) => {
  test('few secrets pass', () => {
    expect(secrets.length).toBeGreaterThan(150);
    expect(passing(secrets, shows).length / secrets.length).toBeLessThanOrEqual(share);
  });

  test('hardly any innocent is changed', () => {
    expect(innocents.length).toBeGreaterThan(130);
    expect(changed(innocents, shows).length / innocents.length).toBeLessThanOrEqual(0.01);
  });

  test('a value and its JSON as a text are the same to the rules', () => {
    const values = secrets.filter(
      ([, , carrier]) => typeof carrier !== 'string' && !(carrier instanceof Map),
    );
    const asText = values.map(([kind, secret, carrier]) => [kind, secret, JSON.stringify(carrier)] as const);
    expect(passing(asText, shows).length / Math.max(1, values.length)).toBeLessThanOrEqual(0.1);
  });
});
