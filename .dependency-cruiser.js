/**
 * From the ground up: a layer may import itself, every layer before it, and what it lists here of
 * npm packages and Node's own modules. What is at the top is imported by the index alone.
 */
const layers = [
  { name: 'error-meanings', path: '^src/error-meanings\\.ts$', node: false, packages: [] },
  { name: 'errors', path: '^src/errors\\.ts$', node: false, packages: [] },
  { name: 'warnings', path: '^src/warnings\\.ts$', node: false, packages: [] },
  { name: 'readers', path: '^src/readers/', node: true, packages: [] },
  { name: 'options', path: '^src/options\\.ts$', node: false, packages: [] },
  { name: 'deadline', path: '^src/deadline\\.ts$', node: false, packages: [] },
  { name: 'diagnostics', path: '^src/diagnostics\\.ts$', node: true, packages: [] },
  { name: 'credentials', path: '^src/credentials/', node: true, packages: ['ini'] },
  { name: 'jwt', path: '^src/jwt/', node: true, packages: ['jsonwebtoken', 'uuid'] },
  { name: 'schemes', path: '^src/schemes/', node: true, packages: [] },
  { name: 'injector', path: '^src/injector/', node: true, packages: ['follow-redirects'] },
  { name: 'http', path: '^src/http/', node: true, packages: ['axios'], top: true },
  { name: 'vonage', path: '^src/vonage/', node: true, packages: [], top: true },
  { name: 'oauth1', path: '^src/oauth1/', node: true, packages: ['axios'], top: true },
  { name: 'webhooks', path: '^src/webhooks/', node: true, packages: [], top: true },
  { name: 'index', path: '^src/index\\.m?ts$', node: false, packages: [] },
];

/** Judges the library from outside, so it shares no code with it but the error. */
const testing = {
  name: 'testing',
  path: '^src/testing/',
  below: ['^src/errors\\.ts$'],
  node: true,
  packages: ['jsonwebtoken'],
};

/** Imports no framework, not even its types, so that the users of one framework need not install the others. */
const frameworks = {
  name: 'frameworks',
  path: '^src/frameworks/',
  below: ['^src/errors\\.ts$', '^src/options\\.ts$', '^src/webhooks/'],
  node: true,
  packages: [],
};

/** The command uses the package as a user does, through its public entries, and also reads the meanings of the error codes. */
const cli = {
  name: 'cli',
  path: '^src/cli/',
  below: ['^src/index\\.ts$', '^src/testing/index\\.ts$', '^src/error-meanings\\.ts$'],
  node: true,
  // `doctor` reads INI with the parser of `fromFile`.
  packages: ['commander', 'ini'],
};

/** An adapter like those of `http`, whose parts it uses. It does not import undici, not even its types. */
const undici = {
  name: 'undici',
  path: '^src/undici/',
  below: [
    ...['errors\\.ts$', 'options\\.ts$', 'readers/', 'schemes/', 'injector/', 'http/'].map(
      (path) => `^src/${path}`,
    ),
  ],
  node: true,
  packages: [],
};

const parts = [
  ...layers.map((layer, index) => ({
    ...layer,
    below: layers
      .slice(0, index)
      .filter(({ top }) => !top || layer.name === 'index')
      .map(({ path }) => path),
  })),
  undici,
  frameworks,
  testing,
  cli,
];

const importsOnly = ({ name, path, below, node, packages }) => ({
  name: `${name}-imports-only-what-it-may`,
  severity: 'error',
  from: { path },
  to: {
    pathNot: [path, ...below, ...packages.map((name) => `(^|/)node_modules/${name}/`)],
    dependencyTypesNot: node ? ['core'] : [],
  },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'all-of-src-is-in-the-table',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: parts.map(({ path }) => path) },
    },
    {
      name: 'index-is-for-users',
      severity: 'error',
      from: { pathNot: '^(src/index\\.mts$|src/cli/|test/|examples/)' },
      to: { path: '^src/index\\.' },
    },
    ...parts.map(importsOnly),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
