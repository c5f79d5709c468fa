// The application has no OpenTelemetry of its own: the package brings what it needs.
export function setUp(_how, url) {
  return {
    config: { exporterType: 'otlp-http', exporterEndpoint: url, serverName: 'the-application' },
    finish: async () => {},
  };
}
