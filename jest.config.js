const { availableParallelism } = require('node:os');

const processors = availableParallelism();

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testTimeout: 30_000,
  testMatch: [
    '<rootDir>/test/**/*.test.ts',
    '<rootDir>/examples/*/test/*.test.ts',
    '!**/*.slow.test.ts',
  ],
  // Builds of other commits, made by npm run bench -- --against.
  modulePathIgnorePatterns: ['<rootDir>/temp/'],
  // Restarts a worker whose memory has grown, because Jest leaks memory for every test file.
  workerIdleMemoryLimit: '1GB',
  // Many tests wait for a server or a deadline. On a small machine, more workers than processors use that time.
  maxWorkers: Math.max(processors, Math.min(2 * processors, 8)),
  transform: {
    '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/test/jest.tsconfig.json' }],
    // jose and the uuid of @vonage/jwt are ES modules only, which Jest cannot load untransformed on Node 20.
    'node_modules/(jose|@vonage/jwt/node_modules/uuid)/.+\\.js$': [
      'ts-jest',
      { tsconfig: { allowJs: true }, diagnostics: false },
    ],
  },
  // An example with a package.json of its own does not find this package by its name.
  moduleNameMapper: {
    '^nexmo-auth$': '<rootDir>/src/index.ts',
    '^nexmo-auth/testing$': '<rootDir>/src/testing/index.ts',
    '^nexmo-auth/(express|request)$': '<rootDir>/src/frameworks/$1.ts',
    '^acme-sdk$': '<rootDir>/examples/acme-sdk/src/index.ts',
    '^acme-sdk/express$': '<rootDir>/examples/acme-sdk/src/express.ts',
  },
  transformIgnorePatterns: ['node_modules/(?!jose/|(@vonage/jwt/node_modules/)?uuid/)'],
  collectCoverageFrom: ['src/**/*.ts'],
  // Shows only files with lines that no test runs.
  coverageReporters: [['text', { skipFull: true }]],
  coverageThreshold: { global: { branches: 100, functions: 100, lines: 100, statements: 100 } },
};
