/** The server as it is, without telemetry. */
export async function start() {
  return {
    prepare() {},
    register: (server, { name, config, handler }) => server.registerTool(name, config, handler),
    async flush() {},
  };
}
