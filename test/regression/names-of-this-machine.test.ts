import { expect, test } from '@jest/globals';
import { ask, withUi } from '../explorer/server/support.ts';

const TOKEN = 'a-token-of-24-characters';
const BEARER = { authorization: `Bearer ${TOKEN}` };
const EVERYBODY = { token: TOKEN, host: '0.0.0.0' };

// A container that brought the right token was refused with 421: its name for this machine is in no list of ours.
test.each(['host.docker.internal:4319', 'box.lan', 'ui.default.svc.cluster.local'])(
  'who listens for everybody is asked as %s by who has the token, on both ports',
  async (host) => {
    await withUi(async ({ ask: askPage, ui }) => {
      const headers = { ...BEARER, host };
      expect((await askPage('/api/state', { headers })).status).toBe(200);
      const otlp = await ask(`${ui.otlpUrl}/v1/traces`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(otlp.status).toBe(200);
    }, EVERYBODY);
  },
);

test('a page whose name was pointed here gets nothing without the token', async () => {
  await withUi(async ({ ask: askPage }) => {
    const host = 'evil.example';
    expect((await askPage('/api/state', { headers: { host } })).status).toBe(401);
    const wrong = { host, authorization: 'Bearer not-the-token-of-this-page' };
    expect((await askPage('/api/state', { headers: wrong })).status).toBe(401);
  }, EVERYBODY);
});
