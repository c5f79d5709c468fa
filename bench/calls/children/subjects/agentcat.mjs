import * as agentcat from 'agentcat';

/** As its README has it for one's own collector, without a project of the vendor's: spans only. */
export async function start({ endpoint, untilDelivered }) {
  return {
    prepare(server) {
      agentcat.track(server, null, {
        exporters: { otlp: { type: 'otlp', endpoint: `${endpoint}/v1/traces` } },
        // Reports about itself to the vendor; the bench talks to nobody.
        disableDiagnostics: true,
      });
    },
    register: (server, { name, config, handler }) => server.registerTool(name, config, handler),
    // It has no flush.
    flush: untilDelivered,
  };
}
