import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Sandbox, startSandbox } from '../../src/testing';
import { runs } from '../support/runs';
import { anyCredentialName, credentialNames, harmlessNames } from '../support/second-credentials';
import { apiKey, apiSecret, basic, claims, options, signToken } from './client';
import { type RawRequest, sendRaw } from './raw-client';

const sms = 'rest.nexmo.com/sms/json';
const messages = 'api.nexmo.com/v1/messages';
const accounts = 'api.nexmo.com/beta/chatapp-accounts/messenger';
const form = 'application/x-www-form-urlencoded';
const json = 'application/json';
const multipart = 'multipart/form-data; boundary=x';
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];
const pair = `api_key=${apiKey}&api_secret=${apiSecret}`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

async function refusalOf(request: RawRequest): Promise<string | undefined> {
  await sendRaw(sandbox, request);
  return sandbox.requests.at(-1)?.refusal;
}

const besideBasic = async (type: string, body: string | Buffer, path = sms) =>
  refusalOf({ path, headers: [...withBasic, 'content-type', type], body });

const secondCredential = /^there are two credentials: (basic and .|(query|body) and basic$)/;

const encode = (name: string) => new URLSearchParams({ [name]: 'x' }).toString();

describe('beside Basic, a second credential is refused', () => {
  const placements: Readonly<Record<string, (name: string) => Promise<string | undefined>>> = {
    'the query': (name) => refusalOf({ path: `${sms}?${encode(name)}`, headers: withBasic }),
    'a form': (name) => besideBasic(form, `to=1&${encode(name)}`),
    JSON: (name) => besideBasic(json, JSON.stringify({ [name]: 'x' })),
    'JSON without a type': (name) => besideBasic('', JSON.stringify({ [name]: 'x' })),
    'JSON typed as a form': (name) =>
      besideBasic(form, JSON.stringify({ [name]: 'x' }).replace(/%(?![\da-f]{2})/gi, '')),
    'JSON as text': (name) => besideBasic('text/plain', JSON.stringify({ a: { [name]: 'x' } })),
    'a form as text': (name) => besideBasic('text/plain', encode(name)),
    'lines of text': (name) => besideBasic('text/plain', `to=1\n${name}\t: x`),
    'a part of multipart': (name) => besideBasic(multipart, `x; name = "${name}"\r\n\r\nx`),
    'a parameter without a name': (name) =>
      refusalOf({
        path: `${sms}?${new URLSearchParams({ '': `${name}=x` }).toString()}`,
        headers: withBasic,
      }),
    'a field without a name': (name) =>
      besideBasic(form, new URLSearchParams({ '': name }).toString()),
  };

  test.each(Object.entries(placements))('in %s', async (_place, send) => {
    for (const [, name] of credentialNames.slice(0, 6))
      expect(await send(name)).toMatch(secondCredential);
    for (const name of harmlessNames) expect(await send(name)).toBeUndefined();
  });

  test('in any place, with a name in any spelling', async () => {
    const path = fc.constantFrom(...Object.keys(placements));
    await fc.assert(
      fc.asyncProperty(path, anyCredentialName, async (where, name) => {
        expect(await placements[where]?.(name)).toMatch(secondCredential);
      }),
      { numRuns: runs(1000) },
    );
  });

  test.each<[string, string, string | Buffer]>([
    ['a part with an extended name', multipart, "x; name*=UTF-8''api_key"],
    ['a part with an extended name and a language', multipart, "x; name*=utf-8'en'sig"],
    ['a part whose name is continued', multipart, 'x; name*0=api_; name*1=key'],
    ['a part whose name is escaped', multipart, 'x; name="api\\_key"'],
    ['a part in single quotes', multipart, "x; name='sig'; a='b'"],
    ['multipart typed as a form', form, '--x\r\ncontent-disposition: form-data; name="sig"'],
    ['XML with an attribute', 'text/xml', '<a:api_key b="1">x</a:api_key>'],
    ['XML with an entity', 'text/xml', '<api&#95;key>x</api&#x5f;key>'],
    [
      'UTF-16 with letters that are not ASCII',
      'text/plain',
      Buffer.from('ä=1&ａpi_key=x', 'utf16le'),
    ],
    ['UTF-16, big endian', 'text/plain', Buffer.from('{"sig":1}', 'utf16le').swap16()],
  ])('in %s', async (_what, type, body) => {
    expect(await besideBasic(type, body)).toMatch(/^there are two credentials: basic and /);
  });

  test.each<[string, string]>([
    ['X-Api-Key', 'x'],
    ['X-Api-Secret', 'x'],
    ['api_key', 'x'],
    ['Proxy-Authorization', 'Basic eDp5'],
    ['X-OPENTOK-AUTH', 'x'],
    ['Cookie', 'a=1; API_KEY=x'],
  ])('in the header %s', async (name, value) => {
    const refusal = await refusalOf({ path: sms, headers: [...withBasic, name, value] });
    expect(refusal).toMatch(/^there are two credentials: basic and /);
  });

  test('but the value of a cookie may be the name of a credential', async () => {
    const headers = [...withBasic, 'cookie', 'a=api_key; b'];
    expect(await refusalOf({ path: sms, headers })).toBeUndefined();
  });

  test.each([
    ['x-api-key: x', 'x-api-key'],
    ['Authorization: Bearer x', 'authorization'],
    ['a: x', undefined],
  ])('in trailers, but trailers without a credential are accepted: %s', async (trailer, name) => {
    const count = sandbox.requests.length;
    const socket = connect(Number(new URL(sandbox.url('sms')).port), '127.0.0.1');
    socket.write(
      `POST /${sms} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\nauthorization: ${String(withBasic[1])}\r\n\r\n0\r\n${trailer}\r\n\r\n`,
    );
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(sandbox.requests).toHaveLength(count + 1);
    expect(sandbox.requests.at(-1)?.refusal).toBe(
      name && `there are two credentials: basic and ${name}`,
    );
  });
});

describe('a body that the sandbox cannot read is refused:', () => {
  test.each([
    ['gzip', gzipSync(pair)],
    ['zlib', deflateSync(pair)],
    ['Zstandard', Buffer.from('28b52ffd00', 'hex')],
  ])('bytes of %s without a Content-Encoding', async (_coding, body) => {
    for (const type of [form, json, '', 'text/plain', 'application/gzip']) {
      expect(await besideBasic(type, body)).toBe('the body is compressed');
    }
  });

  test.each(['text/plain; charset=utf-7', 'text/xml;charset=utf-16', `${form}; charset=utf-7`])(
    'text of the type %s',
    async (type) => {
      expect(await besideBasic(type, 'api+AF8-key=x')).toBe(
        'the body has a charset that is not UTF-8',
      );
    },
  );
});

describe('a credential name in a documented field for data of the user is accepted:', () => {
  const custom = { api_key: 'x', nested: [{ sig: 'x' }] };
  const of = (body: object) => JSON.stringify(body);
  test.each<[string, string, object]>([
    ['custom data of Messages', messages, { custom, a: ['custom', { b: 1 }] }],
    ['a text of Messages', messages, { text: 'api_key=x&sig=y {"api_key":1} api_secret: x' }],
    ['an access token of Messenger', accounts, { external_id: '1', access_token: 'x' }],
    ['an account secret', 'api.nexmo.com/accounts/abcd1234/secrets', { secret: 'x' }],
    ['a conversion', 'api.nexmo.com/conversions/sms', { 'message-id': '1', delivered: true }],
  ])('%s', async (_what, path, body) => {
    expect(await besideBasic(json, of(body), path)).toBeUndefined();
  });

  test('the headers and the payload of an NCCO', async () => {
    const headers = ['authorization', `Bearer ${await signToken(claims)}`, 'content-type', json];
    const path = 'api.nexmo.com/v1/calls';
    const endpoint = [{ type: 'websocket', headers: { a: { custom }, ...custom } }];
    const ncco = [
      { action: 'connect', endpoint },
      { action: 'notify', payload: custom },
    ];
    expect(await refusalOf({ path, headers, body: of({ ncco }) })).toBeUndefined();
    const refusal = /^there are two credentials: bearer and sig/;
    expect(await refusalOf({ path, headers, body: of({ ncco, sig: 'x' }) })).toMatch(refusal);
  });

  test.each<[string, string, string, string]>([
    ['an access token of Messenger in a form', accounts, form, 'access_token=x'],
    ['an access token of Messenger in the URL', `${accounts}?access_token=x`, json, '{}'],
  ])('but not %s', async (_what, path, type, body) => {
    expect(await besideBasic(type, body, path)).toMatch(/^there are two credentials: basic and /);
  });
});
