import { join } from 'node:path';
import { startSandbox } from '../../src/testing';
import { type Outcome, root, run } from '../support/run';

const demo = join(root, 'examples/demo.mjs');
const linesBesideProducts = 3;

let products: { name: string; schemes: readonly string[] }[];
let lines: number;
beforeAll(async () => {
  const sandbox = await startSandbox();
  await sandbox.close();
  products = [...sandbox.products];
  lines = products.length + linesBesideProducts;
});

/** Runs the demo in a process that first runs `preloadedCode`, which may change the modules that the demo uses. */
function runDemo(preloadedCode = ''): Promise<Outcome> {
  const preload = `data:text/javascript,${encodeURIComponent(preloadedCode)}`;
  return run(['--import', preload, demo], { env: { NO_COLOR: '1', FORCE_COLOR: undefined } });
}

test('the demo prints "right" for each product, for a corrected clock and for two refusals, and shows no secret', async () => {
  const { code, output } = await runDemo();
  expect(code).toBe(0);
  expect(output).toMatch(new RegExp(`^${lines} of ${lines} lines are right\\.\n$`, 'm'));
  for (const { name, schemes } of products) {
    const line = `^right +${name} +${schemes[0]} \\[redacted\\] +2\\S+ +2\\S+ +[A-Z]+ [\\w.-]+/`;
    expect(output).toMatch(new RegExp(line, 'm'));
  }
  expect(output).toMatch(/^right +sms +query .* 200\/4 +200\/4 +GET \S+, with a wrong secret$/m);
  expect(output).toMatch(/^right +voice +bearer .* 401 +401 +POST \S+, with a wrong key$/m);
  expect(output).toMatch(/^right +voice +bearer .* 201 +201 .*, by a clock an hour behind$/m);
  expect(output.match(/NEXMO_AUTH_CLOCK/g)).toHaveLength(1);
  expect(output.match(/\[redacted\]/g)).toHaveLength(lines);
  const basic = Buffer.from('abcd1234:').toString('base64');
  expect(output).not.toContain(basic);
  expect(output).not.toMatch(/eyJ|not-the-secret|api_secret=|[\da-f]{16}/);
});

test.each([
  ['one product', 'this.req.url.includes("/get-balance")', () => 1],
  ['every fetch', "this.req.headers['user-agent'] === 'node'", () => lines],
  ['everything', 'true', () => lines],
])('the demo fails if the platform answers %s with an error', async (_name, condition, wrong) => {
  const { code, output } = await runDemo(`
    import { ServerResponse } from 'node:http';
    const { end } = ServerResponse.prototype;
    ServerResponse.prototype.end = function (body) {
      if (${condition}) this.statusCode = 500;
      return end.call(this, this.statusCode === 500 ? '{}' : body);
    };`);
  expect(output.match(/^wrong /gm)).toHaveLength(wrong());
  expect(output).toContain(`${lines - wrong()} of ${lines} lines are right.`);
  expect(code).toBe(1);
});

test.each([
  ['no request for a product', "[...products, { ...products.at(-1), name: 'newest' }]", 'newest'],
  ['a request for a product that does not exist', 'products.slice(0, -1)', 'opentok'],
])('the demo fails if its list of requests has %s', async (_name, products, difference) => {
  const { code, output } = await runDemo(`
    import { createRequire } from 'node:module';
    const testing = createRequire('${demo}')('nexmo-auth/testing');
    const { startSandbox } = testing;
    testing.startSandbox = async (options) => {
      const sandbox = await startSandbox(options);
      const { products } = sandbox;
      return Object.create(sandbox, { products: { value: ${products} } });
    };`);
  expect(output).toMatch(new RegExp(`^[+-] +'${difference}'`, 'm'));
  expect(output).not.toContain('lines are right');
  expect(code).toBe(1);
});
