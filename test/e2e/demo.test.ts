import { join } from 'node:path';
import { root, run } from '../support/run';

const demo = join(root, 'examples/demo.mjs');

test('the demo shows five lines as they should be, and no secret', async () => {
  const { code, output } = await run([demo]);
  expect(code).toBe(0);
  expect(output).toContain('5 of 5 lines are as they should be.');
  for (const text of [
    'sms',
    'number-insight',
    'voice',
    'query',
    'bearer',
    'status 4 Bad Credentials',
    'Unauthorized',
  ]) {
    expect(output).toContain(text);
  }
  expect(output.match(/\[redacted\]/g)).toHaveLength(5);
  expect(output).not.toMatch(/eyJ|not-the-secret/);
});

test.each([
  ['once', '201', '4 of 5'],
  ['always', '\\d+', '0 of 5'],
])('the demo fails when the platform %s answers otherwise', async (_name, status, said) => {
  const broken = `
    import { ServerResponse } from 'node:http';
    const { end } = ServerResponse.prototype;
    ServerResponse.prototype.end = function (body) {
      if (/^${status}$/.test(this.statusCode)) this.statusCode = 500;
      return end.call(this, this.statusCode === 500 ? '{}' : body);
    };`;
  const { code, output } = await run([
    '--import',
    `data:text/javascript,${encodeURIComponent(broken)}`,
    demo,
  ]);
  expect(output).toContain(`${said} lines are as they should be.`);
  expect(code).toBe(1);
});
