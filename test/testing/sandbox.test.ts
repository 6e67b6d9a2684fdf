import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { connect, Server } from 'node:net';
import {
  type Sandbox,
  type SandboxOptions,
  type SandboxRequest,
  startSandbox,
} from '../../src/testing';
import { applicationId } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import {
  fetchJson,
  basic,
  claims,
  keyAndSecret,
  options,
  publicKey,
  send,
  time,
  signToken,
} from './client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const invalid = { name: 'NexmoAuthError', code: 'ERR_INVALID_OPTION' };
const refusedConnection = { cause: { code: 'ECONNREFUSED' } };
const badKey = { name: 'NexmoAuthError', code: 'ERR_KEY_INVALID' };

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

describe('startSandbox', () => {
  test('records each request', async () => {
    const query = { ...keyAndSecret, from: 'Nexmo' };
    await fetchJson(sandbox, 'rest.nexmo.com//sms/json', {
      method: 'POST',
      query,
      form: { to: '1' },
    });
    const recorded = sandbox.requests.at(-1);
    expect(recorded).toEqual({
      method: 'POST',
      host: 'rest.nexmo.com',
      path: '/sms/json',
      query,
      headers: recorded?.headers,
      body: 'to=1',
      product: 'sms',
      scheme: 'query',
      status: 200,
      refusal: undefined,
    });
    expect(recorded?.headers['content-type']).toContain('application/x-www-form-urlencoded');
  });

  test('records the scheme of a credential, even if the credential is refused or one of several', async () => {
    const recorded = async (
      ...request: Parameters<typeof send> extends [unknown, ...infer R] ? R : never
    ) => {
      await send(sandbox, ...request);
      const last = sandbox.requests.at(-1);
      return [last?.scheme, last?.refusal];
    };
    const noQuery = { query: {} };
    const voice = 'api.nexmo.com/v1/calls';
    expect(await recorded(voice, { ...noQuery, authorization: 'Bearer x' })).toEqual([
      'bearer',
      'jwt malformed',
    ]);
    expect(await recorded(voice)).toEqual(['query', 'query is not accepted here']);
    expect(await recorded(voice, noQuery)).toEqual([
      undefined,
      expect.stringContaining('no credential'),
    ]);
    const two = await recorded('rest.nexmo.com/sms/json', { authorization: basic('abcd1234:x') });
    expect(two).toEqual(['query', 'there are two credentials: query and basic']);
    expect(await recorded('nowhere.example/')).toEqual([undefined, undefined]);
  });

  test('passes each request to onRequest, when its response is known', async () => {
    const seen: SandboxRequest[] = [];
    const watched = await startSandbox({ ...options, onRequest: (request) => seen.push(request) });
    await send(watched, 'rest.nexmo.com/account/get-balance');
    expect(seen).toEqual([...watched.requests]);
    expect(seen).toMatchObject([{ product: 'account', scheme: 'query', status: 200 }]);
    await watched.close();
  });

  test('keeps only the latest requests with maxRequests', async () => {
    const seen: SandboxRequest[] = [];
    const watched = await startSandbox({
      ...options,
      maxRequests: 2,
      onRequest: (request) => seen.push(request),
    });
    for (let sent = 0; sent < 3; sent += 1)
      await send(watched, 'rest.nexmo.com/account/get-balance');
    expect(watched.requests).toEqual(seen.slice(1));
    await watched.close();
  });

  test('listens on a given port, and rejects with an explanation if that port is in use', async () => {
    const free = await startSandbox();
    const port = Number(new URL(free.url('sms')).port);
    const { code, message } = await rejection(startSandbox({ port }));
    expect(code).toBe('ERR_INVALID_OPTION');
    expect(message).toBe(
      `port ${port} of 127.0.0.1 is in use. Choose another port, or end the program that uses it.`,
    );
    await free.close();
    const again = await startSandbox({ port });
    expect(again.url('sms')).toBe(free.url('sms'));
    await again.close();
  });

  test('gives the error code of the system if a port cannot be used', async () => {
    const listen = jest.spyOn(Server.prototype, 'listen').mockImplementation(function (
      this: Server,
    ) {
      process.nextTick(() => this.emit('error', Object.assign(new Error('x'), { code: 'EACCES' })));
      return this;
    });
    const { message } = await rejection(startSandbox({ port: 80 }));
    listen.mockRestore();
    expect(message).toBe('port 80 of 127.0.0.1 cannot be used (EACCES). Choose another port.');
  });

  test('returns the URL of each product', () => {
    const { origin } = new URL(sandbox.url('sms'));
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(sandbox.url('sms')).toBe(`${origin}/rest.nexmo.com/sms/`);
    expect(sandbox.url('voice')).toBe(`${origin}/api.nexmo.com/v1/calls`);
    expect(sandbox.url('video')).toBe(`${origin}/video.api.vonage.com/`);
    expect(sandbox.url('secrets')).toBe(`${origin}/api.nexmo.com/accounts/abcd1234/secrets`);
    expect(thrownBy(() => sandbox.url('fax'))).toMatchObject({ code: 'ERR_UNKNOWN_PRODUCT' });
  });

  test('returns the URLs of the three legs of OAuth 1.0a', () => {
    const { origin } = new URL(sandbox.url('sms'));
    expect(sandbox.oauth1).toEqual({
      requestTokenUrl: `${origin}/dashboard.nexmo.com/oauth/request_token`,
      authorizeUrl: `${origin}/dashboard.nexmo.com/oauth/authorize`,
      accessTokenUrl: `${origin}/dashboard.nexmo.com/oauth/access_token`,
    });
  });

  test('refuses every credential when it has no account', async () => {
    const empty = await startSandbox();
    const token = await signToken({
      ...claims,
      iat: Math.floor(Date.now() / 1000),
      exp: undefined,
    });
    expect(await fetchJson(empty, 'rest.nexmo.com/sms/json')).toMatchObject({
      body: { messages: [{ status: '4' }] },
    });
    const voice = await fetch(empty.url('voice'), {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(voice.status).toBe(401);
    expect(empty.requests.at(-1)?.refusal).toBe('the sandbox was given no publicKey');
    expect(empty.url('secrets')).toMatch(/\/accounts\/\*\/secrets$/);
    await empty.close();
    const keyOnly = await startSandbox({ publicKey });
    await fetch(keyOnly.url('voice'), { headers: { authorization: `Bearer ${token}` } });
    expect(keyOnly.requests.at(-1)?.refusal).toBe('the sandbox was given no applicationId');
    await keyOnly.close();
  });

  test('listens on 127.0.0.1 only, so not even another loopback address reaches it', async () => {
    const { hostname, port } = new URL(sandbox.url('sms'));
    expect(hostname).toBe('127.0.0.1');
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toMatchObject(refusedConnection);
  });

  test.each([publicKey, Buffer.from(publicKey), createPublicKey(publicKey)])(
    'accepts a public key as a string, bytes or a KeyObject: %#',
    async (key) => {
      const other = await startSandbox({ applicationId, publicKey: key, now: () => time * 1000 });
      const headers = { authorization: `Bearer ${await signToken(claims)}` };
      expect((await fetch(other.url('voice'), { headers })).status).toBe(200);
      await other.close();
    },
  );

  test('refuses a public key that cannot be parsed', async () => {
    await expect(startSandbox({ publicKey: 'public.key' })).rejects.toMatchObject(badKey);
  });

  const consumer = { consumerKey: 'key', consumerSecret: 'topsecret' };
  test.each<unknown>([
    null,
    'abcd1234',
    { apisecret: 'topsecret' },
    { apiSecret: '' },
    { apiKey: 12345678 },
    { signatureSecret: ['topsecret'] },
    { applicationId: 'half \ud800' },
    { signatureMethod: 'md4' },
    { oauth1: 'topsecret' },
    { oauth1: { consumerKey: 'key' } },
    { oauth1: { consumerSecret: 'topsecret' } },
    { oauth1: { ...consumer, token: 'token' } },
    { oauth1: { ...consumer, tokenSecret: 'topsecret' } },
    { oauth1: { ...consumer, token: 1, tokenSecret: 'topsecret' } },
    { oauth1: { ...consumer, callback: 'oob' } },
  ])('refuses the options %j, and does not quote them', async (refused) => {
    const error: unknown = await startSandbox(refused as SandboxOptions).catch((e: unknown) => e);
    expect(error).toMatchObject(invalid);
    expect(leaksIn(error, ['topsecret'])).toEqual([]);
    expect(
      thrownBy(() => {
        sandbox.change(refused as SandboxOptions);
      }),
    ).toMatchObject(invalid);
  });

  test('announces no time after which it closes an idle connection, since it closes none', async () => {
    const response = await fetch(sandbox.url('account'));
    expect(response.headers.get('connection')).toBe('keep-alive');
    expect(response.headers.has('keep-alive')).toBe(false);
    await response.body?.cancel();
  });

  test('survives a client that disconnects, and can be closed twice and while a connection is open', async () => {
    const other = await startSandbox();
    const { port, hostname } = new URL(other.url('sms'));
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /rest.nexmo.com/sms/json HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf',
    );
    await once(socket, 'ready');
    socket.destroy();
    await once(socket, 'close');
    const idle = connect(Number(port), hostname);
    await once(idle, 'ready');
    await expect(fetch(`${other.url('sms')}json`)).resolves.toMatchObject({ status: 200 });
    await other.close();
    await other.close();
    await expect(fetch(`${other.url('sms')}json`)).rejects.toMatchObject(refusedConnection);
    expect(other.requests).toHaveLength(1);
    idle.destroy();
  });
});

describe('change', () => {
  let changed: Sandbox;
  beforeEach(async () => {
    changed = await startSandbox(options);
  });
  afterEach(() => changed.close());

  const refusalOf = async (path: string, init: Parameters<typeof send>[2]) => {
    await send(changed, path, init);
    return changed.requests.at(-1)?.refusal;
  };
  const sms = 'rest.nexmo.com/sms/json';
  const wrongPair = 'api_key or api_secret does not match the account';

  test('rotates the secret: the new one is accepted, the old one is not', async () => {
    changed.change({ apiSecret: 'Rotated01234abcd' });
    const rotated = { ...keyAndSecret, api_secret: 'Rotated01234abcd' };
    expect(await refusalOf(sms, { query: keyAndSecret })).toBe(wrongPair);
    expect(await refusalOf(sms, { query: rotated })).toBeUndefined();
    expect(await refusalOf('api.nexmo.com/verify/json', { query: rotated })).toBeUndefined();
  });

  test('keeps the options that are omitted, also in a second change', async () => {
    changed.change({ apiKey: 'bbbb5678' });
    changed.change({ apiSecret: 'Rotated01234abcd' });
    const authorization = basic('bbbb5678:Rotated01234abcd');
    expect(await refusalOf(sms, { query: {}, authorization })).toBeUndefined();
    const token = `Bearer ${await signToken(claims)}`;
    expect(
      await refusalOf('api.nexmo.com/v1/calls', { query: {}, authorization: token }),
    ).toBeUndefined();
    expect(changed.url('secrets')).toMatch(/\/accounts\/bbbb5678\/secrets$/);
  });

  test('changes the application and its key', async () => {
    const authorization = `Bearer ${await signToken(claims)}`;
    const other = 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab';
    changed.change({ applicationId: other });
    expect(await refusalOf('api.nexmo.com/v1/calls', { query: {}, authorization })).toBe(
      'application_id does not match the application',
    );
    changed.change({ applicationId, publicKey: createPublicKey(keyText('rsa-other')) });
    expect(await refusalOf('api.nexmo.com/v1/calls', { query: {}, authorization })).toBe(
      'invalid signature',
    );
    const next = `Bearer ${await signToken(claims, 'rsa-other')}`;
    expect(
      await refusalOf('api.nexmo.com/v1/calls', { query: {}, authorization: next }),
    ).toBeUndefined();
  });

  test('changes the signature method and its secret', async () => {
    // printf '&api_key=abcd1234&timestamp=1500000000' | openssl dgst -sha256 -hmac Next
    const sig = '428b457811cacc5a0f1d178f095f0b1a6cdc1fd23fcf4026fc9caa8f02ead93b';
    const query = { api_key: 'abcd1234', timestamp: String(time), sig };
    expect(await refusalOf(sms, { query })).toContain('sig is not the signature');
    changed.change({ signatureSecret: 'Next', signatureMethod: 'sha256' });
    expect(await refusalOf(sms, { query })).toBeUndefined();
  });

  test('no longer accepts a credential whose option is changed to undefined', async () => {
    changed.change({ apiSecret: undefined });
    expect(await refusalOf(sms, { query: keyAndSecret })).toBe(wrongPair);
    expect(await refusalOf(sms, { query: { ...keyAndSecret, api_secret: 'undefined' } })).toBe(
      wrongPair,
    );
  });

  test('changes nothing when one option is invalid', async () => {
    const withBadKey = { apiSecret: 'Rotated01234abcd', publicKey: 'none' };
    expect(
      thrownBy(() => {
        changed.change(withBadKey);
      }),
    ).toMatchObject(badKey);
    const withClock = { apiSecret: 'Rotated01234abcd', now: Date.now } as object;
    expect(
      thrownBy(() => {
        changed.change(withClock);
      }),
    ).toMatchObject(invalid);
    expect(await refusalOf(sms, { query: keyAndSecret })).toBeUndefined();
  });

  test('does not affect a request whose body is still being sent', async () => {
    const { port, hostname } = new URL(changed.url('sms'));
    const body = new URLSearchParams({ ...keyAndSecret, to: '1' }).toString();
    const socket = connect(Number(port), hostname);
    socket.write(
      [
        'POST /rest.nexmo.com/sms/json HTTP/1.1',
        'host: a',
        'expect: 100-continue',
        'content-type: application/x-www-form-urlencoded',
        `content-length: ${body.length}`,
        '\r\n',
      ].join('\r\n'),
    );
    // The server has seen the headers once it asks for the body.
    await once(socket, 'data');
    changed.change({ apiSecret: 'Rotated01234abcd' });
    socket.write(body);
    await once(socket, 'data');
    socket.destroy();
    expect(changed.requests).toMatchObject([{ product: 'sms', refusal: undefined }]);
  });
});
