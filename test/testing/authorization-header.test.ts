import fc from 'fast-check';
import { type Sandbox, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, claims, oauth1, options, signToken } from './client';
import { oauth1Header } from './oauth1/client';
import { type RawRequest, sendRaw } from './raw-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const json = ['content-type', 'application/json'];
const key = `api_key=${apiKey}`;
const secret = `api_secret=${apiSecret}`;
const sms = 'rest.nexmo.com/sms/json';

async function refusalOf(request: RawRequest): Promise<string | undefined> {
  await sendRaw(sandbox, request);
  return sandbox.requests.at(-1)?.refusal;
}

describe('Basic follows RFC 7617:', () => {
  const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64');
  const right = base64(`${apiKey}:${apiSecret}`);
  const notCanonical = 'the Basic credentials are not canonical base64';
  const form = '"Basic <base64>" or "OAuth <parameters>"';

  // abcd1234:ABCDEFGH01234abc is 25 bytes: its base64 ends in "Yw==".
  const looseBits = right.replace(/w==$/, 'x==');
  test.each<[string, string, string | undefined]>([
    ['well-formed', `Basic ${right}`, undefined],
    ['with the scheme in lower case', `basic ${right}`, undefined],
    ['with the scheme in upper case', `BASIC ${right}`, undefined],
    ['with two spaces', `Basic  ${right}`, undefined],
    [
      'without a colon',
      `Basic ${base64(apiKey)}`,
      'the Basic credentials have no colon between key and secret',
    ],
    [
      'without a colon, the secret last',
      `Basic ${base64(`${apiKey}${apiSecret}x`)}`,
      'the Basic credentials have no colon between key and secret',
    ],
    ['with nothing', 'Basic', 'the Basic credentials have no colon between key and secret'],
    ['without padding', `Basic ${right.replaceAll('=', '')}`, notCanonical],
    ['with too much padding', `Basic ${right}=`, notCanonical],
    ['with unused bits that are not zero', `Basic ${looseBits}`, notCanonical],
    ['with a space inside', `Basic ${right.slice(0, 8)} ${right.slice(8)}`, notCanonical],
    ['with a tab before the base64', `Basic \t${right}`, notCanonical],
    ['with a second credential after it', `Basic ${right}, Basic ${right}`, notCanonical],
    [
      'in base64url',
      `Basic ${base64('??>:~~~').replaceAll('/', '_').replaceAll('+', '-')}`,
      notCanonical,
    ],
    [
      'not in UTF-8',
      `Basic ${base64(Buffer.from('abcd\xff:x', 'latin1'))}`,
      'the Basic credentials are not UTF-8',
    ],
    [
      'with a wrong secret',
      `basic ${base64(`${apiKey}:x`)}`,
      'api_key or api_secret does not match the account',
    ],
    ['with a colon after the scheme', `Basic: ${right}`, `the Authorization header is not ${form}`],
    ['without a scheme', right, `the Authorization header is not ${form}`],
    ['empty', '', `the Authorization header is not ${form}`],
  ])('%s', async (_name, authorization, refusal) => {
    const headers = ['authorization', authorization];
    expect(await refusalOf({ path: sms, headers })).toBe(refusal);
  });

  test('a colon in the secret belongs to it', async () => {
    const other = await startSandbox({ apiKey, apiSecret: 'a:b:é' });
    const headers = ['authorization', basic(`${apiKey}:a:b:é`)];
    await sendRaw(other, { path: sms, headers });
    expect(other.requests.at(-1)?.refusal).toBeUndefined();
    await other.close();
  });

  test('any secret is accepted only in its canonical base64', async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(text, fc.nat(), fc.nat(63), async (apiSecret, at, digit) => {
        const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
        const right = base64(`${apiKey}:${apiSecret}`);
        const index = at % right.length;
        const changed = right.slice(0, index) + String(digits[digit]) + right.slice(index + 1);
        sandbox.change({ apiSecret });
        const headers = ['authorization', `Basic ${changed}`];
        expect((await refusalOf({ path: sms, headers })) === undefined).toBe(changed === right);
      }),
    );
    sandbox.change({ apiSecret: options.apiSecret });
  });
});

describe('a request must have one Authorization header:', () => {
  const right = basic(`${apiKey}:${apiSecret}`);
  const twice = 'there is more than one Authorization header';
  test.each([
    ['the same twice', [right, right]],
    ['the right one first', [right, 'Bearer x']],
    ['the right one last', ['Digest x', right]],
    ['an empty one', [right, '']],
  ])('%s', async (_name, values) => {
    const headers = values.flatMap((value) => ['authorization', value]);
    expect(await refusalOf({ path: sms, headers })).toBe(twice);
  });

  test('also a request for an OAuth request token', async () => {
    const url = sandbox.oauth1.requestTokenUrl;
    const own = { oauth_callback: 'oob' };
    const header = oauth1Header({ method: 'POST', url }, oauth1, undefined, own);
    // Combined into one list, these would be the parameters of one header.
    const at = header.indexOf(', ');
    for (const values of [
      [header, header],
      [header.slice(0, at), header.slice(at + 2)],
    ]) {
      const path = 'dashboard.nexmo.com/oauth/request_token';
      const headers = values.flatMap((value) => ['authorization', value]);
      const { status, text } = await sendRaw(sandbox, { path, headers });
      expect([status, text]).toEqual([401, 'oauth_problem=parameter_rejected']);
      expect(sandbox.requests.at(-1)?.refusal).toBe(`parameter_rejected: ${twice}`);
    }
  });

  test('an api_key beside the header is refused', async () => {
    const token = `Bearer ${await signToken(claims)}`;
    for (const [path, authorization, scheme] of [
      [sms, right, 'basic'],
      ['api.nexmo.com/v1/messages', token, 'bearer'],
    ] as const) {
      const headers = ['authorization', authorization];
      const refusal = `there are two credentials: ${scheme} and api_key`;
      expect(await refusalOf({ path: `${path}?api_key=x`, headers })).toBe(refusal);
      const body = '{"api_key":null}';
      expect(await refusalOf({ path, headers: [...headers, ...json], body })).toBe(refusal);
    }
  });

  test.each([
    ['voice', 'api.nexmo.com/v1/calls', 'not "Bearer <JWT>"'],
    ['messages', 'api.nexmo.com/v1/messages', 'not "Bearer <JWT>" or "Basic <base64>"'],
    ['applications-v1', 'api.nexmo.com/v1/applications', 'not accepted here'],
  ])(
    'an Authorization header of an unknown scheme is refused: %s',
    async (_name, path, refusal) => {
      const request = { path: `${path}?${key}&${secret}`, headers: ['authorization', 'Token x'] };
      expect(await refusalOf(request)).toBe(`the Authorization header is ${refusal}`);
    },
  );
});
