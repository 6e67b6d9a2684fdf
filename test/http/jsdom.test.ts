/** @jest-environment jsdom */
// src/readers/brands.ts, through the public API under jsdom.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import { TextDecoder, TextEncoder } from 'node:util';
import { MessageChannel, MessagePort } from 'node:worker_threads';
import { ReadableStream, TransformStream } from 'node:stream/web';
import type * as Undici from 'undici';
import {
  AuthInjector,
  createAuthFetch,
  Credentials,
  generateJwt,
  JwtGenerator,
  signParams,
  verifyJwt,
  WebhookVerifier,
} from '../../src';
import { applicationId, held } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { startServer, type TestServer } from '../support/server';

// Globals that undici needs under jsdom. This package does not need them.
const additions = { TextDecoder, TextEncoder, MessageChannel, MessagePort };
Object.assign(globalThis, additions, timers, { ReadableStream, TransformStream });
Object.defineProperty(globalThis, 'performance', { value: performance });
// eslint-disable-next-line @typescript-eslint/no-require-imports -- after the globals that it needs
const undici = require('undici') as typeof Undici;

// Under jsdom, these classes are not the ones that Node's Buffer, fetch and streams use.
const classes = { Uint8Array, ArrayBuffer, URLSearchParams, AbortController, FormData, URL };

let server: TestServer;
beforeAll(async () => {
  server = await startServer((request, response) => {
    request.resume().on('end', () => response.end('body'));
  });
});
afterAll(() => server.close());

function injector(scheme: 'query' | 'basic' | 'body' | 'bearer', privateKey?: string | Buffer) {
  const products = [{ name: 'own', urls: [server.origin], schemes: [scheme] as const }];
  const credentials = { ...held, applicationId, privateKey: privateKey ?? keyText('rsa-pkcs8') };
  return new AuthInjector(new Credentials(credentials), { products });
}

const send = undici.fetch as unknown as typeof fetch;

test('the classes under jsdom are not those of Node', () => {
  expect(Buffer.from('')).not.toBeInstanceOf(classes.Uint8Array);
});

describe('with classes of Node,', () => {
  const bytes = Buffer.from(keyText('rsa-pkcs8'));
  const forms: [string, Buffer | KeyObject | { pem: Buffer }][] = [
    ['a Buffer', bytes],
    ['a KeyObject', createPrivateKey(bytes)],
    ['an object with a Buffer as pem', { pem: bytes }],
  ];

  test.each(forms)('a key is accepted as %s', (_name, privateKey) => {
    const token = generateJwt(applicationId, privateKey);
    expect(verifyJwt(token, Buffer.from(keyText('rsa-public')))).toMatchObject({
      application_id: applicationId,
    });
    const credentials = new Credentials({ applicationId, privateKey });
    expect(credentials.reveal('privateKey').type).toBe('private');
  });

  test('a passphrase may be a Buffer', () => {
    const privateKey = Buffer.from(keyText('rsa-pkcs8-encrypted'));
    const passphrase = Buffer.from('correct-horse');
    expect(new Credentials({ privateKey, passphrase }).has('application')).toBe(false);
  });

  test('a signature of an external signer may be a Buffer', async () => {
    const signer = {
      sign: (input: Uint8Array) => {
        const { sign } = process.getBuiltinModule('node:crypto');
        return sign('sha256', input, keyText('rsa-pkcs8'));
      },
      publicKey: Buffer.from(keyText('rsa-public')),
      signal: new classes.AbortController().signal,
    };
    const generator = new JwtGenerator(new Credentials({ applicationId }), { signer });
    expect(await generator.token()).toMatch(/^eyJ/);
  });
});

test('an abort signal of jsdom is recognised', async () => {
  const controller = new classes.AbortController();
  controller.abort();
  const provider = { signal: controller.signal };
  const auth = new AuthInjector(() => new Credentials(held), { provider });
  const error = await rejection(auth.inject({ url: 'https://rest.nexmo.com/sms/json' }));
  expect(error.code).toBe('ERR_PROVIDER_ABORTED');
});

test('URLSearchParams and FormData of jsdom are read, in params and in a body', async () => {
  const params = new classes.URLSearchParams({ a: '1' });
  const { params: sent } = await injector('query').inject({ url: server.origin, params });
  expect(String(sent)).toContain('a=1&api_key=abcd1234');
  expect(signParams(params, { secret: 'secret', method: 'md5hash' })).toHaveProperty('a', '1');
  const data = new classes.URLSearchParams({ api_key: 'mine' });
  const form = new classes.FormData();
  form.set('api_secret', 'mine');
  for (const body of [data, form]) {
    const request = { method: 'POST', url: server.origin, data: body };
    expect((await rejection(injector('body').inject(request))).code).toBe('ERR_CREDENTIAL_PRESENT');
  }
});

test('a webhook is verified from a Buffer', async () => {
  const verifier = new WebhookVerifier({ secrets: 'x'.repeat(32) });
  const request = { method: 'POST', url: '/', headers: {}, rawBody: Buffer.from('{}') };
  expect((await rejection(verifier.verify(request))).code).toBe('ERR_WEBHOOK_UNSIGNED');
});

describe('createAuthFetch on undici', () => {
  const inits: [string, () => object][] = [
    ['no body', () => ({})],
    ['a Buffer as body', () => ({ method: 'POST', body: Buffer.from('body') })],
    ['a form of jsdom', () => ({ method: 'POST', body: new classes.URLSearchParams('a=1') })],
    ['headers of undici', () => ({ headers: new undici.Headers({ 'x-a': '1' }) })],
    ['a signal of jsdom', () => ({ signal: new classes.AbortController().signal })],
  ];

  test.each(inits)('adds the credential to a request with %s', async (_name, init) => {
    for (const input of [server.origin, new classes.URL(server.origin)]) {
      const response = await createAuthFetch(injector('basic'), { fetch: send })(input, init());
      expect(await response.text()).toBe('body');
      expect(server.received.findLast((text) => text.startsWith('/'))).toContain('Basic ');
    }
  });

  test('recognises an undici.Request', async () => {
    const request = new undici.Request(server.origin, { method: 'POST', body: 'text' });
    const authFetch = createAuthFetch(injector('basic'), { fetch: send });
    await (authFetch as unknown as typeof Undici.fetch)(request);
    expect(server.received.findLast((text) => text.startsWith('/'))).toContain('Basic ');
    expect(server.received.at(-1)).toBe('text');
  });

  test('with the body scheme, adds the credential to a form of jsdom', async () => {
    const body = new classes.URLSearchParams({ a: '1' });
    await createAuthFetch(injector('body'), { fetch: send })(server.origin, {
      method: 'POST',
      body,
    });
    expect(server.received.at(-1)).toContain('a=1&api_key=abcd1234&api_secret=');
  });

  test('rejects if there is neither a global fetch nor the fetch option', async () => {
    const error = await rejection(createAuthFetch(injector('basic'))(server.origin));
    expect(error.code).toBe('ERR_INVALID_OPTION');
  });
});
