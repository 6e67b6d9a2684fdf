import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { send, sms, webhook } from '../frameworks/serving';
import { held } from '../support/account';
import { leaksIn } from '../support/leaks';
import { root, run } from '../support/run';

const secret = held.signatureSecret;
const wrongSecret = 'Not-the-secret';
const examplePath = (name: string) => join(root, `examples/webhooks-${name}.mjs`);

describe.each(['express', 'fastify', 'koa', 'hono', 'request'])('the example for %s', (name) => {
  let server: ChildProcess;
  let output = '';
  let url: string;
  beforeAll(async () => {
    const env = { ...process.env, NEXMO_SIGNATURE_SECRET: secret, PORT: '0' };
    server = spawn(process.execPath, [examplePath(name)], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const isListening = /^Listening on (http:\/\/127\.0\.0\.1:\d+\/webhooks\/inbound)\n/;
    url = await new Promise((resolve, reject) => {
      for (const stream of [server.stdout, server.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          const [, found] = isListening.exec(output) ?? [];
          if (found !== undefined) resolve(found);
        });
      }
      server.on('exit', () => {
        reject(new Error(output));
      });
    });
  });
  afterAll(async () => {
    const ended = once(server, 'close');
    server.kill();
    await ended;
  });

  test('accepts a message once, and refuses forgeries', async () => {
    const callback = webhook();
    const statuses: number[] = [];
    for (const request of [
      callback,
      callback,
      webhook({ secret: wrongSecret }),
      { ...callback, headers: {} },
    ]) {
      statuses.push((await send({ url }, request)).status);
    }
    expect(statuses).toEqual([204, 200, 401, 503]);
    expect(output.match(/^Message: \{$/gm)).toHaveLength(1);
    expect(output).toContain("text: 'Hello & good-bye = \u{1F44B}'");
    expect(output).toContain(`of ${held.apiKey}`);
  });

  test('accepts an SMS in each form, and refuses forgeries', async () => {
    const site = { url: url.replace('inbound', 'sms') };
    const statuses: number[] = [];
    for (const as of ['query', 'form', 'json'] as const) {
      statuses.push((await send(site, sms({ as }))).status);
      statuses.push((await send(site, sms({ as, secret: wrongSecret }))).status);
    }
    expect(statuses).toEqual([204, 401, 204, 401, 204, 401]);
    expect(output.match(/^SMS: \{$/gm)).toHaveLength(3);
  });

  test('prints no secret', () => {
    expect(leaksIn(output, [secret, wrongSecret])).toEqual([]);
  });

  test('names the missing option if there is no secret', async () => {
    const { code, output } = await run([examplePath(name)], {
      env: { NEXMO_SIGNATURE_SECRET: undefined, PORT: '0' },
    });
    expect([code, output]).toEqual([1, expect.stringContaining('secrets must be')]);
  });
});
