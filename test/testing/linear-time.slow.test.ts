import { performance } from 'node:perf_hooks';
import { type Sandbox, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, keyAndSecret, oauth1, options, time } from './client';
import { oauth1Header } from './oauth1/client';
import { sendRaw } from './raw-client';

const token = { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' };

let sandbox: Sandbox;
beforeAll(async () => {
  const ready = { ...oauth1, token: token.key, tokenSecret: token.secret };
  sandbox = await startSandbox({ ...options, oauth1: ready });
});
afterAll(() => sandbox.close());

/** Milliseconds. Quadratic code takes minutes for a megabyte. The slowest case below takes two seconds. */
const limit = 10_000;
const sizes = [65_536, 1_000_000];

const fill = (size: number, ...[unit, head = '', tail = '']: [string, string?, string?]) =>
  head + unit.repeat(Math.floor((size - head.length - tail.length) / unit.length)) + tail;
const numbered = (size: number, unit: (index: number) => string) => {
  const parts: string[] = [];
  for (let length = 0; length < size;)
    length += parts[parts.push(unit(parts.length)) - 1]?.length ?? 0;
  return parts.join('');
};

const json = ['content-type', 'application/json'];
const form = ['content-type', 'application/x-www-form-urlencoded'];
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];
const pair = JSON.stringify(keyAndSecret).slice(0, -1);
const signed = `api_key=${apiKey}&timestamp=${time}&sig=x`;

test.each<[string, string[], (size: number) => string]>([
  ['opening brackets', json, (size) => fill(size, '[')],
  ['levels', json, (size) => fill(size / 2, '[') + fill(size / 2, ']')],
  [
    'levels beside the secret',
    json,
    (size) => `${pair},"to":${fill(size / 2, '[')}${fill(size / 2, ']')}}`,
  ],
  ['empty objects', json, (size) => fill(size, '{},', `${pair},"to":[`, '0]}')],
  ['the same member', json, (size) => fill(size, '"a":0,', '{', '"b":0}')],
  ['different members', json, (size) => `{${numbered(size, (index) => `"${index}":0,`)}"b":0}`],
  ['secrets', json, (size) => fill(size, ',"api_secret":0', pair, '}')],
  ['escapes', json, (size) => fill(size, '\\"', `${pair},"to":"`, '"}')],
  ['a string that does not end', json, (size) => fill(size, '\\\\', `${pair},"to":"`)],
  ['white space', json, (size) => fill(size, ' ', pair, '}')],
  ['ampersands', form, (size) => fill(size, '&')],
  ['empty names', form, (size) => fill(size, '=&')],
  ['percent signs', form, (size) => fill(size, '%')],
  ['the same name', form, (size) => fill(size, 'a=&')],
  ['different names', form, (size) => numbered(size, (index) => `a${index}=&`)],
  ['secrets in a form', form, (size) => fill(size, 'api_secret=&')],
  [
    'a signature of different names',
    form,
    (size) => numbered(size, (index) => `&${index}`).replace('', signed),
  ],
  ['a signature of a long value', form, (size) => fill(size, '%26', `${signed}&text=`)],
])('a body of %s is read in linear time', async (_name, headers, bodyOf) => {
  for (const size of sizes) {
    const started = performance.now();
    const path = 'rest.nexmo.com/sms/json';
    const { status } = await sendRaw(sandbox, { path, headers, body: bodyOf(size) });
    expect(status).toBe(200);
    expect(performance.now() - started).toBeLessThan(limit);
  }
});

test.each(['&', '<', '\ud800', '\0', ']]>'])(
  '%j is written into XML in linear time',
  async (unit) => {
    // JSON may escape a character in six bytes, and the sandbox reads at most 1 MiB.
    for (const size of sizes.map((bytes) => bytes / 8)) {
      for (const value of [unit.repeat(size), { [unit.repeat(size)]: [unit] }]) {
        const started = performance.now();
        const path = 'api.nexmo.com/verify/check/xml';
        const body = JSON.stringify({ request_id: value, code: 1 });
        const { status } = await sendRaw(sandbox, {
          path,
          headers: [...json, ...withBasic],
          body,
        });
        expect(status).toBe(200);
        expect(performance.now() - started).toBeLessThan(limit);
      }
    }
  },
);

test.each<[string, (size: number) => string]>([
  ['the same name', (size) => fill(size, 'a&')],
  ['encoded names', (size) => fill(size, '%26&')],
  ['different names', (size) => numbered(size, (index) => `a${index}&`)],
])('a form of %s signed with OAuth 1.0a is checked in linear time', async (_name, bodyOf) => {
  const url = `${sandbox.url('sms')}json`;
  const authorization = oauth1Header({ method: 'POST', url }, oauth1, token);
  for (const size of sizes) {
    const started = performance.now();
    const headers = ['authorization', authorization, ...form];
    await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers, body: bodyOf(size) });
    expect(sandbox.requests.at(-1)?.refusal).toContain('signature_invalid');
    expect(performance.now() - started).toBeLessThan(limit);
  }
});

// Node accepts no headers above 16 KiB.
test.each([
  ['Basic ', 'A'],
  ['Basic ', ' '],
  ['Bearer ', ' '],
  ['Bearer ', '.'],
  ['Bearer ', 'a.'],
  ['OAuth ', ' '],
  ['OAuth ', 'a="",'],
  ['OAuth a="', '\\a'],
  ['OAuth a="', '%25'],
  ['OAuth a=""', ' '],
])('a header of %j and many %j is read in linear time', async (scheme, unit) => {
  const started = performance.now();
  const headers = ['authorization', fill(15_000, unit, scheme, 'x')];
  const { status } = await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers });
  expect(status).toBe(200);
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each([' ', ';', ' ;', '/'])(
  'a media type with many %j is read in linear time',
  async (unit) => {
    const started = performance.now();
    const headers = ['content-type', fill(15_000, unit, 'application/json', 'x')];
    const { status } = await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers });
    expect(status).toBe(200);
    expect(performance.now() - started).toBeLessThan(1000);
  },
);

test.each(['/', '../', 'a/', '%2e%2e/', '\\', '?', '&'])(
  'a target of many %j is read in linear time',
  async (unit) => {
    const started = performance.now();
    const { status } = await sendRaw(sandbox, {
      path: `rest.nexmo.com/sms/json${fill(15_000, unit)}`,
    });
    expect(status).toBeLessThan(500);
    expect(performance.now() - started).toBeLessThan(1000);
  },
);
