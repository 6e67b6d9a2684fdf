import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { type Sandbox, startSandbox } from '../../src/testing';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';
import { apiKey, apiSecret, keyAndSecret, oauth1, options, signatureSecret, time } from './client';
import { oauth1Header } from './oauth1/client';
import { createLegs } from './oauth1/legs';
import { type RawRequest, sendRaw } from './raw-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const json = ['content-type', 'application/json'];
const form = ['content-type', 'application/x-www-form-urlencoded'];
const key = `api_key=${apiKey}`;
const secret = `api_secret=${apiSecret}`;
const sms = 'rest.nexmo.com/sms/json';
const noCredential = 'there is no credential for query, body, basic, signature, oauth1';

async function refusalOf(request: RawRequest): Promise<string | undefined> {
  await sendRaw(sandbox, request);
  return sandbox.requests.at(-1)?.refusal;
}

const repeated = (name: string) => `${name} appears more than once in query and body`;
const sig = createHash('md5')
  .update(`&api_key=${apiKey}&timestamp=${time}${signatureSecret}`)
  .digest('hex');
const signed = `${key}&timestamp=${time}&sig=${sig}`;

describe('a credential parameter may appear only once, in query or body:', () => {
  test.each<[string, string, string[], string, string | undefined]>([
    ['once in the query', `?${key}&${secret}`, [], '', undefined],
    ['once in the body', '', form, `${key}&${secret}`, undefined],
    ['two secrets in the query', `?${key}&api_secret=x&${secret}`, [], '', repeated('api_secret')],
    ['two keys in the query', `?${key}&${key}&${secret}`, [], '', repeated('api_key')],
    ['two secrets in a form', '', form, `${key}&api_secret=x&${secret}`, repeated('api_secret')],
    ['the same secret twice', '', form, `${key}&${secret}&${secret}`, repeated('api_secret')],
    ['an encoded name', '', form, `${key}&${secret}&api%5Fsecret=x`, repeated('api_secret')],
    ['a key in the query as well', '?api_key=x', form, `${key}&${secret}`, repeated('api_key')],
    ['a key in the body as well', `?${key}&${secret}`, form, 'api_key=x', repeated('api_key')],
    [
      'a secret in query and body',
      `?${key}&${secret}`,
      form,
      secret,
      'there are two credentials: query and body',
    ],
    ['two timestamps', `?${key}&${secret}&timestamp=1`, form, 'timestamp=1', repeated('timestamp')],
    ['two signatures', `?${signed}`, form, 'sig=x', repeated('sig')],
    ['a signature with two timestamps', `?timestamp=1`, form, signed, repeated('timestamp')],
    ['a signature', `?${signed}`, [], '', undefined],
    ['no timestamp', `?${key}&sig=x`, [], '', 'timestamp is not a whole number of seconds'],
    [
      'a signature of a parameter that is repeated',
      `?text=1&${key}&timestamp=${time}&sig=x`,
      form,
      'text=2',
      'a parameter appears more than once, and how to sign that is not documented',
    ],
    ['the parameter `to` may be repeated', `?${key}&${secret}&to=1&to=2`, form, 'to=3', undefined],
    ['no key beside the secret', `?${key}`, form, secret, 'api_key is missing'],
    [
      'a name that begins with a question mark',
      `?${key}&${secret}`,
      form,
      `?${secret}`,
      'there are two credentials: query and ?api_secret',
    ],
  ])('%s', async (_name, query, headers, body, refusal) => {
    expect(await refusalOf({ path: sms + query, headers, body })).toBe(refusal);
  });

  const rightMembers = `"api_key":"${apiKey}","api_secret":"${apiSecret}"`;
  test.each<[string, string, string | undefined]>([
    ['once', `{${rightMembers}}`, undefined],
    ['a secret twice', `{"api_secret":"x",${rightMembers}}`, repeated('api_secret')],
    ['an escaped name', `{"api\\u005fsecret":"x",${rightMembers}}`, repeated('api_secret')],
    [
      'behind a list',
      `{"a":[{"b":1},"c","api_key"],"api_key":"x",${rightMembers}}`,
      repeated('api_key'),
    ],
    [
      'behind a string of quotes',
      `{"a":"\\"\\\\","api_key":[],${rightMembers}}`,
      repeated('api_key'),
    ],
    [
      'inside another object',
      `{"a":{"api_key":"x","api_key":["api_key"]},${rightMembers}}`,
      undefined,
    ],
    ['as a value', `{"a":"api_key","b":["api_key","api_key"],${rightMembers}}`, undefined],
  ])('in JSON, %s', async (_name, body, refusal) => {
    expect(await refusalOf({ path: sms, headers: json, body })).toBe(refusal);
  });

  // The test counts the members before it writes them, so that it needs no parser.
  test('api_secret may appear only once among any members of a JSON object', async () => {
    const name = fc.oneof(fc.constant('api_secret'), fc.string({ unit: anyCharacter }));
    const members = fc.array(fc.tuple(name, fc.jsonValue()), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(members, members, async (before, after) => {
        const all = [...before, ['api_key', apiKey], ['api_secret', apiSecret], ...after];
        const body = `{${all.map((each) => each.map((part) => JSON.stringify(part)).join(' : ')).join(' ,\n')}}`;
        const count = all.filter(([each]) => each === 'api_secret').length;
        expect(await refusalOf({ path: sms, headers: json, body })).toBe(
          count > 1 ? repeated('api_secret') : undefined,
        );
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('the media type without its parameters decides how a body is parsed:', () => {
  const asForm = `${key}&${secret}`;
  const asJson = JSON.stringify(keyAndSecret);
  test.each<[string | undefined, string, string | undefined]>([
    [undefined, asForm, undefined],
    [undefined, asJson, noCredential],
    ['', asForm, undefined],
    ['application/x-www-form-urlencoded; json', asForm, undefined],
    ['application/x-www-form-urlencoded; json', asJson, noCredential],
    ['APPLICATION/X-WWW-FORM-URLENCODED ;charset=utf-8', asForm, undefined],
    [' Application/JSON\t; charset=utf-8', asJson, undefined],
    ['application/json; application/x-www-form-urlencoded', asForm, noCredential],
    ['application/jsonp', asJson, noCredential],
    ['application/problem+json', asJson, noCredential],
    ['text/json', asJson, noCredential],
    ['text/plain', asForm, noCredential],
    ['multipart/form-data; boundary=x', asForm, noCredential],
  ])('%j with %s', async (type, body, refusal) => {
    const headers = type === undefined ? [] : ['content-type', type];
    expect(await refusalOf({ path: sms, headers, body })).toBe(refusal);
  });

  test('OAuth 1.0a signs a form, whatever the parameters of its media type', async () => {
    const token = { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' };
    const ready = { ...oauth1, token: token.key, tokenSecret: token.secret };
    const other = await startSandbox({ ...options, oauth1: ready });
    const request = { method: 'POST', url: `${other.url('sms')}json` };
    const authorization = oauth1Header({ ...request, data: { to: '1' } }, oauth1, token);
    const type = 'application/x-www-form-urlencoded; json';
    const headers = ['authorization', authorization, 'content-type', type];
    await sendRaw(other, { path: sms, headers, body: 'to=1' });
    expect(other.requests.at(-1)?.refusal).toBeUndefined();
    await sendRaw(other, { path: sms, headers, body: 'to=2' });
    expect(other.requests.at(-1)?.refusal).toContain('signature_invalid');
    await other.close();
  });
});

test('the page at /oauth/authorize refuses a repeated parameter', async () => {
  const legs = createLegs(sandbox, () => time);
  const token = await legs.requestToken();
  const { confirmation } = await legs.openPage(token);
  const path = `dashboard.nexmo.com/oauth/authorize?oauth_token=${token.key}`;
  const body = `confirmation=${confirmation}&decision=approve`;
  for (const request of [
    { path: `${path}&oauth_token=x`, body },
    { path, body: `${body}&decision=decline` },
    { path, body: `confirmation=x&${body}` },
    { path: `${path}&confirmation=x`, body },
  ]) {
    expect(await sendRaw(sandbox, { ...request, headers: form })).toMatchObject({ status: 400 });
  }
  expect(await sendRaw(sandbox, { path, body, headers: form })).toMatchObject({ status: 302 });
});
