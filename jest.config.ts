// Two projects: `unit` (beside the source, pure, seconds) and `real` (test/: real Envoy, real
// Prometheus tools, whole processes). `npm test` runs both, `npm run test:unit` the first.

// Models that tests run in their own process keep to themselves, as they do in the programs: what a
// test sets in its environment does not reach the process.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {},
  testEnvironment: 'node',
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

const config = {
  maxWorkers: 2,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{config,dataplane,operator}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'real',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/kit/setup.ts'],
    },
  ],
};

export default config;
