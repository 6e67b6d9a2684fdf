import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'definitions-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const basic = { basicAuth: { type: 'http', scheme: 'basic' } };
const secretInBody = {
  content: { 'application/json': { schema: { properties: { api_secret: {} } } } },
};

/** Checks the table of products (src/injector/products.ts) against one OpenAPI definition with one operation. */
function check(server: string, path: string, operation: object, components = {}) {
  const definition = {
    openapi: '3.0.0',
    servers: [{ url: server }],
    paths: { [path]: { post: operation } },
    components,
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'api.yml'), JSON.stringify(definition));
  return run(folder);
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/products.mjs', ...args],
    { encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}` };
}

test('an operation passes if its product accepts the scheme that the operation requires', () => {
  const operation = { security: [{ basicAuth: [] }] };
  const parts = { securitySchemes: basic };
  const { status, output } = check('https://api.nexmo.com/v2', '/reports/{id}', operation, parts);
  expect(output).toContain('1 definitions with 1 operations: 0 without a product, 0 with another');
  expect(status).toBe(0);
});

test('an operation without a product fails', () => {
  const { status, output } = check('https://api.nexmo.com', '/v9/{version}', {});
  expect(output).toContain('No product: api.yml: POST https://api.nexmo.com/v9/x');
  expect(status).toBe(1);
});

test.each<[string, object, object, string]>([
  [
    'in security',
    { security: [{ basicAuth: [] }] },
    { securitySchemes: basic },
    'basic, but voice takes bearer',
  ],
  [
    'as a parameter',
    { parameters: [{ $ref: '#/components/parameters/secret' }] },
    { parameters: { secret: { name: 'api_secret', in: 'query' } } },
    'query, but voice takes bearer',
  ],
  ['in the body', { requestBody: secretInBody }, {}, 'body, but voice takes bearer'],
])('an operation that declares another scheme %s fails', (_place, operation, parts, message) => {
  const { status, output } = check('https://api.nexmo.com/v1/calls', '/', operation, parts);
  expect(output).toContain(
    `Another scheme: api.yml: POST https://api.nexmo.com/v1/calls/: ${message}`,
  );
  expect(status).toBe(1);
});

test('an operation without a product passes if it is listed as known', () => {
  const { status, output } = check('https://api.vonage.com/t/vbc.prod/reports', '/calls', {});
  expect(output).toContain('Known, 1 operations at https://api.vonage.com/t/vbc.prod/');
  expect(status).toBe(0);
});

test('without a folder as argument, the command fails, and says how to call it', () => {
  expect(run()).toEqual({
    status: 2,
    output: 'Name a folder with OpenAPI definitions: npm run products:check -- FOLDER\n',
  });
});
