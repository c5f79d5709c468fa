// Tests run as CommonJS through swc; what is specific to ESM is tested from the built package (test/package).
module.exports = {
  testEnvironment: 'node',
  // Jest would warn on stderr where something outlives its test file, and stderr is what some tests compare.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/own-home.ts',
  globalTeardown: '<rootDir>/test/support/remove-home.ts',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // httpxy, string-width, which the command measures text with, and the parser of TOML, with what they import, exist as
  // ESM only.
  // The OTLP exporter loads `http` by a dynamic import, which Jest does not run as it is.
  transformIgnorePatterns: [
    '/node_modules/(?!(httpxy|string-width|strip-ansi|ansi-regex|get-east-asian-width|toml-eslint-parser|eslint-visitor-keys|@opentelemetry/otlp-exporter-base)/)',
  ],
  moduleNameMapper: {
    // The built package loads the SDK chunk by these names; in the sources they are TypeScript files.
    '^\\./load-sdk\\.cjs$': '<rootDir>/src/sdk/export/load-sdk.cts',
    '^\\./sdk\\.cjs$': '<rootDir>/src/sdk/export/sdk.ts',
    '^(\\.{1,2}/.*)\\.ts$': '$1.ts',
  },
  // The page is tested in a browser: test/system/page.
  collectCoverageFrom: [
    'src/**/*.{ts,cts}',
    '!src/**/*.d.ts',
    '!src/explorer/page/**',
    '!src/explorer/receiver/generated/**',
  ],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'text', 'lcovonly'],
  coverageThreshold: { global: { lines: 85 } },
  testTimeout: 30_000,
  // On two cores jest would take one; and a worker that has seen many files of both SDKs starts afresh.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
};
