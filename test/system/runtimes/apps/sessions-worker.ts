import { TelemetryManager } from 'mcp-sessionscope';
import { withSessions } from './sessions.js';

const telemetry = new TelemetryManager({ serverName: 'weather', serverVersion: '1.0.0' });

/** A Durable Object: what belongs to a session is not gone with the request that began it. */
export class Sessions {
  #fetch = withSessions(telemetry);
  #state;

  constructor(state) {
    this.#state = state;
  }

  async fetch(request) {
    const response = await this.#fetch(request);
    const { readable, writable } = new TransformStream();
    const sent = response.body?.pipeTo(writable) ?? Promise.resolve();
    this.#state.waitUntil(sent.catch(() => {}).then(() => telemetry.forceFlush()));
    return new Response(response.body && readable, response);
  }
}

export default {
  fetch: (request, { SESSIONS }) => SESSIONS.get(SESSIONS.idFromName('all')).fetch(request),
};
