import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Sandbox, startSandbox } from '../../src/testing';
import { runs } from '../support/runs';
import {
  apiKey,
  apiSecret,
  basic,
  claims,
  keyAndSecret,
  oauth1,
  options,
  signatureSecret,
  time,
  signToken,
} from './client';
import { oauth1Header } from './oauth1/client';
import { type RawRequest, sendRaw } from './raw-client';

const token = { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' };
const sms = 'rest.nexmo.com/sms/json';
const pair = `api_key=${apiKey}&api_secret=${apiSecret}`;
const json = JSON.stringify(keyAndSecret);
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];
const withType = (type: string) => ['content-type', type];
const form = 'application/x-www-form-urlencoded';

let sandbox: Sandbox;
let bearer: string;
beforeAll(async () => {
  sandbox = await startSandbox({
    ...options,
    oauth1: { ...oauth1, token: token.key, tokenSecret: token.secret },
  });
  bearer = `Bearer ${await signToken(claims)}`;
});
afterAll(() => sandbox.close());

async function refusalOf(request: RawRequest): Promise<string | undefined> {
  await sendRaw(sandbox, request);
  return sandbox.requests.at(-1)?.refusal;
}

describe('a body that is neither a valid form nor a JSON object must hold no second credential:', () => {
  const two = (second: string) => `there are two credentials: basic and ${second}`;
  const multipart = (name: string) =>
    `--x\r\nContent-Disposition: form-data; ${name}\r\n\r\n${apiSecret}\r\n--x--`;
  test.each<[string, string, string | Buffer, string | undefined]>([
    ['a form as text', 'text/plain', pair, two('api_key')],
    ['JSON as text', 'text/plain', json, two('api_key')],
    ['a secret alone', 'text/plain', 'to=1&api_secret=x', two('api_secret')],
    ['a signature', 'text/plain', 'sig=x', two('sig')],
    ['OAuth', 'text/plain', 'oauth_token=x', two('oauth_token')],
    ['JSON of the type problem+json', 'application/problem+json', json, two('api_key')],
    ['JSON cut short', 'application/json', json.slice(0, -1), two('api_key')],
    ['JSON in a list', 'application/json', `[${json}]`, two('api_key')],
    ['a form as JSON', 'application/json', pair, two('api_key')],
    ['JSON without a type', '', `${json}%`, two('api_key')],
    ['a name with an escape', 'text/plain', 'api%5Fsecret=x', two('api_secret')],
    ['a JSON name with an escape', 'text/json', '{"api\\u005fsecret":1', two('api_secret')],
    ['a list of values', 'text/plain', 'api_secret[]=x', two('api_secret')],
    ['capitals', 'text/plain', 'API_SECRET = x', two('API_SECRET')],
    ['XML', 'text/xml', '<api_secret>x</api_secret>', two('api_secret')],
    ['UTF-16', 'text/plain', Buffer.from(pair, 'utf16le'), two('api_key')],
    ['multipart', 'multipart/form-data; boundary=x', multipart('name="sig"'), two('sig')],
    ['multipart, unquoted', 'multipart/form-data; boundary=x', multipart('name=sig'), two('sig')],
    ['a broken form', `${form}, text/plain`, pair, two('api_key')],
    ['a text', 'text/plain', 'The design of my_api_key is to sign, sig.', undefined],
    ['an upload', 'multipart/form-data; boundary=x', multipart('name="file"'), undefined],
    ['bytes without a type', '', Buffer.from([0xff, 0x25, 0xd8]), undefined],
    ['an empty body', 'application/json', '', undefined],
  ])('%s', async (_name, type, body, refusal) => {
    const headers = [...withBasic, ...withType(type)];
    expect(await refusalOf({ path: sms, headers, body })).toBe(refusal);
    if (refusal === undefined) return;
    expect(await refusalOf({ path: `${sms}?${pair}`, headers: withType(type), body })).toBe(
      refusal.replace('basic', 'query'),
    );
  });

  test('a body with a Content-Encoding is refused, because the sandbox does not decode it', async () => {
    const headers = [...withBasic, ...withType(form), 'content-encoding', 'gzip'];
    expect(await refusalOf({ path: sms, headers, body: 'x' })).toBe(
      'the body has a Content-Encoding',
    );
    const plain = [...withBasic, ...withType(form), 'content-encoding', 'identity'];
    expect(await refusalOf({ path: sms, headers: plain, body: 'x' })).toBeUndefined();
  });
});

describe('parameters of OAuth 1.0a, and unusual spellings of credential names, count as a credential:', () => {
  const two = (scheme: string) => `there are two credentials: ${scheme} and oauth_token`;
  test.each<[string, RawRequest, string]>([
    ['query', { path: `${sms}?${pair}&oauth_token=x` }, two('query')],
    ['form', { path: sms, headers: withType(form), body: `${pair}&oauth_token=x` }, two('body')],
    [
      'JSON',
      {
        path: sms,
        headers: withType('application/json'),
        body: JSON.stringify({ ...keyAndSecret, oauth_token: 'x' }),
      },
      two('body'),
    ],
    ['Basic', { path: `${sms}?oauth_token=x`, headers: withBasic }, two('basic')],
  ])('beside %s', async (_name, request, refusal) => {
    expect(await refusalOf(request)).toBe(refusal);
  });

  test.each(['oauth_verifier', 'oauth_x'])('%s beside the OAuth header', async (name) => {
    const url = `${sandbox.url('sms')}json`;
    const outside = `parameter_rejected: ${name} is not in the Authorization header`;
    // oauth1Header signs the parameters, and also writes them into the header.
    const sign = (data: object) => {
      const header = oauth1Header({ method: 'POST', url, data }, oauth1, token);
      return ['authorization', header.replace(`, ${name}="x"`, '')];
    };
    const data = { [name]: 'x' };
    const inQuery = { path: `${sms}?${name}=x`, headers: sign(data) };
    expect(await refusalOf(inQuery)).toBe(outside);
    const inForm = { path: sms, headers: [...sign(data), ...withType(form)], body: `${name}=x` };
    expect(await refusalOf(inForm)).toBe(outside);
    const headers = [...sign({}), ...withType('application/json')];
    expect(await refusalOf({ path: sms, headers, body: `{"${name}":"x"}` })).toBe(
      `there are two credentials: oauth1 and ${name}`,
    );
  });

  test.each(['Api_Secret', 'api_secret[]', ' api_key', 'api-key', 'SIG'])(
    '%j counts as a credential, because some servers read it as one',
    async (name) => {
      const query = new URLSearchParams({ [name]: 'x' }).toString();
      expect(await refusalOf({ path: `${sms}?${query}`, headers: withBasic })).toBe(
        `there are two credentials: basic and ${name.trim()}`,
      );
    },
  );
});

describe('a credential in a body is accepted only in a POST:', () => {
  const sig = createHash('md5')
    .update(`&api_key=${apiKey}&timestamp=${time}${signatureSecret}`)
    .digest('hex');
  const signed = `api_key=${apiKey}&timestamp=${time}&sig=${sig}`;
  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])('a %s is refused', async (method) => {
    const refusal = `a credential in the body is accepted only in a POST, not in a ${method}`;
    for (const [type, body] of [
      [form, pair],
      ['application/json', json],
      [form, signed],
    ] as const) {
      expect(await refusalOf({ path: sms, method, headers: withType(type), body })).toBe(refusal);
    }
    const beside = { path: sms, method, headers: [...withBasic, ...withType(form)], body: pair };
    expect(await refusalOf(beside)).toBe('there are two credentials: body and basic');
  });

  test('a POST is accepted, and a signature must be beside its key', async () => {
    const request = { path: sms, headers: withType(form) };
    expect(await refusalOf({ ...request, body: signed })).toBeUndefined();
    const path = `${sms}?api_key=${apiKey}`;
    const body = `timestamp=${time}&sig=${sig}`;
    expect(await refusalOf({ ...request, path, body })).toBe(
      'api_key and sig must both be in the query or both in the body',
    );
    expect(await refusalOf({ ...request, body })).toBe('api_key does not match the account');
  });
});

describe('a request that two servers could read differently is refused:', () => {
  const charset = 'the body has a charset that is not UTF-8';
  const utf16 = Buffer.from(pair, 'utf16le');
  test.each<[string, string, string | Buffer, string | undefined]>([
    ['a form in UTF-16', `${form}; charset=utf-16`, utf16, charset],
    ['a form whose type says UTF-16', `${form};Charset="UTF-16"`, pair, charset],
    ['two charsets', `${form}; charset=utf-8; charset=latin1`, pair, charset],
    ['JSON in ISO 8859-1', 'application/json; charset=iso-8859-1', json, charset],
    ['but not a form in UTF-8', `${form}; charset="UTF-8"`, pair, undefined],
    [
      'a byte that is not UTF-8',
      form,
      Buffer.from(`${pair}&to=\xff`, 'latin1'),
      'the form is not UTF-8',
    ],
    [
      'an encoded byte that is not UTF-8',
      form,
      `${pair}&to=%ff`,
      'the form is not percent-encoded UTF-8',
    ],
    [
      'a percent sign alone',
      form,
      `${pair}&a=1%`,
      'the form has a % without two hexadecimal digits',
    ],
    [
      'a credential after a semicolon',
      form,
      `${pair}&to=1;api_secret=x`,
      'the form has a credential parameter after a ;',
    ],
    ['but not a semicolon in a text', form, `${pair}&text=a;b`, undefined],
  ])('%s', async (_name, type, body, refusal) => {
    expect(await refusalOf({ path: sms, headers: withType(type), body })).toBe(refusal);
  });

  test.each([
    ['%ff%zz', 'the query has a % without two hexadecimal digits'],
    ['%ff', 'the query is not percent-encoded UTF-8'],
    ['a=1;api_secret=x', 'the query has a credential parameter after a ;'],
    ['a#b', 'the query contains a #, at which some servers cut it off'],
  ])('a query with %s', async (query, refusal) => {
    const answer = await sendRaw(sandbox, { path: `${sms}?${pair}&${query}` });
    expect(sandbox.requests.at(-1)?.refusal).toBe(refusal);
    expect(JSON.parse(answer.text)).toMatchObject({ messages: [{ status: '4' }] });
    const call = { path: `api.nexmo.com/v1/calls?${query}`, headers: ['authorization', bearer] };
    expect((await sendRaw(sandbox, call)).status).toBe(401);
    const page = { path: `dashboard.nexmo.com/oauth/authorize?${query}`, method: 'GET' };
    expect((await sendRaw(sandbox, page)).status).toBe(400);
    expect(sandbox.requests.at(-1)?.refusal).toBe(refusal);
  });
});

test('a reason quotes at most 64 characters of a name', async () => {
  const body = `api_key=a&api_secret=b&oauth_${'x'.repeat(100_000)}=1`;
  expect(await refusalOf({ path: sms, headers: withType(form), body })).toMatch(
    /^there are two credentials: body and oauth_x{58}$/,
  );
});

test.each<[string, string, string]>([
  ['a query', 'from=Acme&api_key=abcd1234&api_secret=Zq7Real=1', 'basic and api_key'],
  ['OAuth', 'oauth=Zq7Real', 'basic and oauth'],
])(
  'a reason does not quote the values in %s that was encoded as a name',
  async (_what, name, two) => {
    const path = `${sms}?${encodeURIComponent(name)}=x`;
    const refusal = await refusalOf({ path, headers: withBasic });
    expect(refusal).toBe(`there are two credentials: ${two}`);
  },
);

test('a signature of 100,000 parameters is refused before it is computed', async () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `&a${index}=`).join('');
  const body = `api_key=${apiKey}&timestamp=${time}&sig=x${many}`;
  const refusal = await refusalOf({ path: sms, headers: withType(form), body });
  expect(refusal).toBe('there are more than 250 parameters to sign');
});

describe('a request with any one or two credentials in any places', () => {
  type Built = {
    query: string[];
    headers: string[];
    body: string | Buffer;
    type?: string;
    isPost: boolean;
  };
  /** A credential. `scheme` is set if its place is documented. `slot` is the part of the request that it occupies. */
  type Kind = {
    scheme?: 'query' | 'body' | 'basic' | 'bearer' | 'signature' | 'oauth1';
    slot: 'query' | 'body' | 'header';
    put: (built: Built, host: string) => void;
  };
  const inBody = (type: string, body: string | Buffer, scheme?: 'body' | 'signature'): Kind => ({
    ...(scheme && { scheme }),
    slot: 'body',
    put: (built) => Object.assign(built, { type, body }),
  });
  const header = (scheme: 'basic' | 'bearer', value: () => string): Kind => ({
    scheme,
    slot: 'header',
    put: ({ headers }) => void headers.push('authorization', value()),
  });
  const otherHeader = (name: string, value: string): Kind => ({
    slot: 'header',
    put: ({ headers }) => void headers.push(name, value),
  });
  const inQuery = (text: string, scheme?: 'query'): Kind => ({
    ...(scheme && { scheme }),
    slot: 'query',
    put: ({ query }) => void query.push(text),
  });
  const kinds: Record<string, Kind> = {
    query: inQuery(pair, 'query'),
    'OAuth in the query': inQuery('oauth_token=x&oauth_signature=y'),
    form: inBody(form, pair, 'body'),
    json: inBody('application/json; charset=utf-8', json, 'body'),
    'OAuth in a form': inBody(form, 'oauth_token=x&oauth_signature=y'),
    text: inBody('text/plain', pair),
    'other JSON': inBody('application/vnd.api+json', json),
    'broken JSON': inBody('application/json', json.slice(1)),
    'UTF-16': inBody(`${form}; charset=utf-16`, pair),
    'JSON without a type': inBody('', json),
    'JSON typed as a form': inBody(form, json),
    multipart: inBody('multipart/form-data; boundary=x', `name = "api_key"\r\n\r\nx`),
    'multipart, extended': inBody('multipart/form-data', "name*=UTF-8''api_key"),
    XML: inBody('text/xml', '<api&#95;key a="1">x</api&#95;key>'),
    gzip: inBody(form, gzipSync(pair)),
    'an empty name': inQuery('=api_key=x'),
    'a structured name': inQuery('a[API-KEY]=x&api_key%2500=x'),
    'full width': inQuery(encodeURIComponent('\uff53\uff49\uff47=x').replace('%3D', '=')),
    'an access token': inQuery('access_token=x'),
    'a header': otherHeader('x-api-key', 'x'),
    'a proxy': otherHeader('proxy-authorization', basic(`${apiKey}:${apiSecret}`)),
    'a cookie': otherHeader('cookie', 'a=1; Api_Secret=x'),
    basic: header('basic', () => basic(`${apiKey}:${apiSecret}`)),
    bearer: header('bearer', () => bearer),
    oauth1: {
      scheme: 'oauth1',
      slot: 'header',
      put: ({ query, headers, body, type, isPost }, host) => {
        const text = [...query, ...(type === form ? [body.toString()] : [])].join('&');
        const data = Object.fromEntries(new URLSearchParams(text));
        const url = `${new URL(sandbox.url('sms')).origin}/${host}`;
        const method = isPost ? 'POST' : 'GET';
        headers.push('authorization', oauth1Header({ method, url, data }, oauth1, token));
      },
    },
  };
  /** Paths of the sandbox, with the schemes that the platform's authentication guide lists for them. */
  const taken: Record<string, readonly string[]> = {
    [sms]: ['query', 'body', 'basic', 'signature', 'oauth1'],
    'api.nexmo.com/verify/json': ['query', 'body', 'basic'],
    'api.nexmo.com/ni/basic/json': ['query', 'basic'],
    'api.nexmo.com/v1/messages': ['bearer', 'basic'],
    'api.nexmo.com/v3/media': ['bearer', 'basic', 'query'],
    'api.nexmo.com/v1/calls': ['bearer'],
    'api.nexmo.com/v2/applications': ['basic'],
  };
  const order = ['query', 'body', 'header'];

  test('is accepted only with one credential in a documented place', async () => {
    const kind = fc.constantFrom(...Object.keys(kinds));
    const chosen = fc
      .uniqueArray(kind, { minLength: 1, maxLength: 2 })
      .map((names) => names.flatMap((name) => kinds[name] ?? []))
      .filter((all) => all.filter(({ slot }) => slot === 'body').length < 2);
    const path = fc.constantFrom(...Object.keys(taken));
    const outcomes = { accepted: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(path, chosen, fc.boolean(), async (host, all, isPost) => {
        const built: Built = { query: [], headers: [], body: '', isPost };
        const sorted = [...all].sort((a, b) => order.indexOf(a.slot) - order.indexOf(b.slot));
        for (const { put } of sorted) put(built, host);
        const { query, headers, body, type } = built;
        const refusal = await refusalOf({
          path: `${host}?${query.join('&')}`,
          method: isPost ? 'POST' : 'GET',
          headers: [...headers, ...(type === undefined ? [] : withType(type))],
          body,
        });
        const [{ scheme, slot } = { scheme: undefined, slot: undefined }, second] = all;
        const isRight =
          second === undefined &&
          scheme !== undefined &&
          taken[host]?.includes(scheme) === true &&
          (slot !== 'body' || isPost);
        outcomes[isRight ? 'accepted' : 'refused'] += 1;
        expect(refusal === undefined).toBe(isRight);
      }),
      { numRuns: runs(2000) },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(runs(10));
  });
});
