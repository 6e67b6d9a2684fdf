// What examples/acme-sdk promises. For its use on the sandbox, see examples/acme-sdk/test.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { types } from 'node:util';
import {
  Acme,
  AcmeError,
  type AcmeOptions,
  gateway,
  nexmo,
  region,
  type Transport,
  type WebhookHandlers,
  webhookHandler,
  withAxios,
  withFetch,
} from 'acme-sdk';
import { webhookRouter } from 'acme-sdk/express';
import axios from 'axios';
import express from 'express';
import { AuthInjector, Credentials } from '../../src';
import { type Sandbox, signSmsCallback, signWebhook, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { failure } from '../support/errors';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { startServer, type TestServer } from '../support/server';

const privateKey = keyText('rsa-pkcs8');
const wrongSecret = 'WrongSecret12345';
const secrets = [held.apiSecret, wrongSecret, held.signatureSecret, ...keySecrets(privateKey)];
const credentials = new Credentials({ ...held, applicationId, privateKey });
const message = { from: 'Acme', to: '447700900000', text: 'Hello' };
const call = { from: '447700900001', to: '447700900000', ncco: [] };
const names = ['sms', 'number-insight', 'voice'] as const;

let sandbox: Sandbox;
beforeEach(async () => {
  const publicKey = keyText('rsa-public');
  sandbox = await startSandbox({ ...held, applicationId, publicKey });
});
afterEach(() => sandbox.close());

/** The AcmeError that a call rejects with. Checks that it shows no secret. */
async function errorOf(result: Promise<unknown>): Promise<AcmeError> {
  const error = await result.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AcmeError)) throw new Error('No AcmeError was rejected.');
  expect(leaksIn(error, secrets)).toEqual([]);
  return error;
}

/** Transports by name. Each client gets a new one. */
const transports: [string, () => Transport][] = [
  ['withFetch', () => withFetch()],
  ['withFetch with a fetch of the user', () => withFetch((input, init) => fetch(input, init))],
  ['withAxios', () => withAxios(axios.create({ timeout: 5000 }))],
];

describe.each(transports)('%s', (_name, transport) => {
  const acmeOf = (auth: ConstructorParameters<typeof Acme>[0], options: AcmeOptions = {}): Acme =>
    new Acme(auth, { platform: sandbox, transport: transport(), ...options });
  const withoutApplication = new Credentials(held);

  test('sends a request for each product with its credential, and no secret in a URL', async () => {
    const acme = acmeOf(credentials);
    await acme.sms.send(message);
    await acme.numberInsight.basic(message.to);
    const { uuid } = await acme.voice.call(call);
    await acme.voice.hangUp(uuid);
    expect(sandbox.requests.map(({ product, status }) => [product, status])).toEqual([
      ['sms', 200],
      ['number-insight', 200],
      ['voice', 201],
      ['voice', 204],
    ]);
    expect(
      leaksIn(
        sandbox.requests.map(({ query }) => query),
        secrets,
      ),
    ).toEqual([]);
  });

  test('sends a refused request once more, with the other secret of a rotation pair', async () => {
    const pair = credentials.with({ apiSecret: [wrongSecret, held.apiSecret] });
    expect(await acmeOf(pair).sms.send(message)).toHaveLength(1);
    expect(sandbox.requests).toHaveLength(2);
  });

  test.each<[string, (wrong: Acme) => Promise<unknown>, string]>([
    ['an SMS (in HTTP 200)', ({ sms }) => sms.send(message), '4'],
    ['a number insight', ({ numberInsight }) => numberInsight.basic(message.to), '4'],
    ['a call (in a problem document)', ({ voice }) => voice.call(call), 'unauthorized'],
  ])('reports a refusal of %s as a RefusedError', async (_what, send, code) => {
    const otherKey = keyText('rsa-other');
    const wrong = credentials.with({ apiSecret: wrongSecret, privateKey: otherKey });
    const error = await errorOf(send(acmeOf(wrong)));
    expect(error).toMatchObject({ name: 'RefusedError' });
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/wrong/);
  });

  test('reports a missing credential as a CredentialsError with the code of nexmo-auth', async () => {
    const error = await errorOf(acmeOf(withoutApplication).voice.call(call));
    expect(error).toMatchObject({ name: 'CredentialsError', code: 'ERR_MISSING_CREDENTIAL' });
    expect(sandbox.requests).toEqual([]);
  });

  test('reports an SMS without text as an ApiError with the status', async () => {
    const error = await errorOf(acmeOf(credentials).sms.send({ ...message, text: '' }));
    expect(error).toMatchObject({ name: 'ApiError', code: '2' });
  });

  describe('with a server of our own', () => {
    let server: TestServer;
    let answer: [number, Record<string, string>, string];
    beforeEach(async () => {
      server = await startServer((_request, response) => {
        const [status, headers, body] = answer;
        response.writeHead(status, headers).end(body);
      });
    });
    afterEach(() => server.close());

    test.each<[number, Record<string, string>, string]>([
      [302, { location: 'http://127.0.0.2:9/' }, ''],
      [404, { 'content-type': 'text/plain' }, 'Not found'],
      [500, { 'content-type': 'application/json' }, '{"title":"Failed"}'],
    ])('reports HTTP %d as an ApiError, and follows no redirect', async (...row) => {
      answer = row;
      const { origin } = server;
      const error = await errorOf(
        acmeOf(credentials, { platform: gateway(origin) }).voice.call(call),
      );
      expect(error).toMatchObject({ name: 'ApiError', code: `HTTP_${row[0]}` });
      expect(server.received.filter((text) => text.startsWith('/'))).toHaveLength(1);
    });

    test('reports a server that does not answer in time as a ConnectionError', async () => {
      const silent = await startServer(() => undefined);
      const options = { platform: gateway(silent.origin), timeout: 50 };
      const error = await errorOf(acmeOf(credentials, options).sms.send(message));
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'NO_ANSWER' });
      await silent.close();
    });

    test('reports a refused connection as a ConnectionError with its cause', async () => {
      const { origin } = server;
      await server.close();
      const acme = acmeOf(credentials, { platform: gateway(origin) });
      const error = await errorOf(acme.sms.send(message));
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'NO_ANSWER' });
      expect(types.isNativeError(error.cause)).toBe(true);
      // afterEach closes the server, so there must be one that listens.
      server = await startServer(() => undefined);
    });

    test.each<[string, (acme: Acme) => Promise<unknown>, string]>([
      ['an SMS without messages', ({ sms }) => sms.send(message), '{}'],
      [
        'an SMS with a message without a status',
        ({ sms }) => sms.send(message),
        '{"messages":[7]}',
      ],
      ['a number insight that is null', ({ numberInsight }) => numberInsight.basic('4477'), 'null'],
      ['a call without an ID', ({ voice }) => voice.call(call), '{"status":"started"}'],
      ['a call that is not JSON', ({ voice }) => voice.call(call), '<html>'],
    ])('reports an unexpected body as an ApiError: %s', async (_what, send, body) => {
      answer = [200, { 'content-type': 'application/json' }, body];
      const error = await errorOf(send(acmeOf(credentials, { platform: gateway(server.origin) })));
      expect(error).toMatchObject({ name: 'ApiError', code: 'HTTP_200' });
    });

    test('sends HTTP Basic to the gateway, and nothing in the URL', async () => {
      answer = [200, { 'content-type': 'application/json' }, '{"messages":[{"status":"0"}]}'];
      const acme = acmeOf(new AuthInjector(credentials), { platform: gateway(server.origin) });
      await acme.sms.send(message);
      const basic = Buffer.from(`${held.apiKey}:${held.apiSecret}`).toString('base64');
      expect(server.received[0]).toMatch(/^\/rest\.nexmo\.com\/sms\/json \[/);
      expect(server.received[0]).toContain(`Basic ${basic}`);
    });
  });
});

test('a mistake of the caller is no ConnectionError', async () => {
  const cyclic: object[] = [];
  cyclic.push(cyclic);
  const sent = new Acme(credentials, { platform: sandbox }).voice.call({ ...call, ncco: cyclic });
  await expect(sent).rejects.toThrow(TypeError);
});

test('an axios instance can serve only one client', () => {
  const transport = withAxios(axios.create());
  new Acme(credentials, { transport });
  expect(failure(() => new Acme(credentials, { transport })).code).toBe('ERR_INVALID_OPTION');
});

test.each(['us', 'eu', 'ap'] as const)('the injector knows the URLs of region %s', (name) => {
  const auth = new AuthInjector(credentials);
  for (const product of names) {
    expect(auth.productAt(nexmo.url(product))).toBe(product);
    expect(auth.productAt(region(name).url(product))).toBe(product);
  }
  expect(region(name).url('voice')).toBe(`https://api-${name}.nexmo.com/v1/calls`);
});

describe('an injector of the user', () => {
  test('is not changed by the gateway', () => {
    const auth = new AuthInjector(credentials);
    const platform = gateway('https://gateway.acme.test');
    new Acme(auth, { platform });
    expect(auth.productAt(platform.url('sms'))).toBeUndefined();
  });

  test('keeps its scheme', async () => {
    const auth = new AuthInjector(credentials, { schemes: { sms: 'signature' } });
    await new Acme(auth, { platform: sandbox }).sms.send(message);
    expect(sandbox.requests[0]).toMatchObject({ scheme: 'signature', status: 200 });
  });

  test('whose scheme the gateway does not accept is an error', () => {
    const auth = new AuthInjector(credentials, { schemes: { sms: 'signature' } });
    const make = () => new Acme(auth, { platform: gateway('https://gateway.acme.test') });
    expect(failure(make).code).toBe('ERR_SCHEME_NOT_ACCEPTED');
  });
});

test('the clock of the user dates tokens, and decides whether a webhook is recent', async () => {
  const now = () => 1_700_000_000_000;
  await sandbox.close();
  sandbox = await startSandbox({ applicationId, publicKey: keyText('rsa-public'), now });
  const acme = new Acme(credentials, { platform: sandbox, now });
  await acme.voice.call(call);
  expect(sandbox.requests).toMatchObject([{ status: 201 }]);
  const callback = signWebhook({ secret: held.signatureSecret, apiKey: held.apiKey, now });
  expect(await acme.webhooks.verify(callback)).toMatchObject({ iat: 1_700_000_000 });
});

test('requests and webhooks share one call of a provider', async () => {
  let calls = 0;
  const provider = () => {
    calls += 1;
    return credentials;
  };
  const acme = new Acme(provider, { platform: sandbox });
  const callback = signWebhook({ secret: held.signatureSecret, apiKey: held.apiKey });
  await Promise.all([acme.sms.send(message), acme.webhooks.verify(callback)]);
  expect(calls).toBe(1);
});

test('Credentials of another copy of nexmo-auth are refused, those of the same copy are not', () => {
  jest.isolateModules(() => {
    const other = jest.requireActual<typeof import('../../src')>('../../src');
    const foreign = new other.Credentials(held);
    for (const auth of [foreign, new other.AuthInjector(foreign)]) {
      const { code, message } = failure(() => new Acme(auth), secrets);
      expect([code, message]).toEqual([
        'ERR_INVALID_OPTION',
        expect.stringContaining('another copy of nexmo-auth'),
      ]);
    }
  });
  expect(new Acme(credentials)).toBeInstanceOf(Acme);
});

/** A receiver of webhooks: its URL, and how it stops. */
type Receiver = { url: string; close(): void };
type Start = (acme: Acme, handlers: WebhookHandlers) => Promise<Receiver>;

async function listen(listener: Parameters<typeof createServer>[1]): Promise<Receiver> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/webhooks`, close: () => server.close() };
}

const receivers: [string, Start][] = [
  [
    'webhookRouter in Express',
    ({ webhooks }, handlers) => {
      // Express prints errors of handlers, except in tests.
      const app = express().set('env', 'test');
      return listen(app.use('/webhooks', webhookRouter(webhooks, handlers)));
    },
  ],
  [
    'webhookHandler in a server of standard Requests',
    ({ webhooks }, handlers) => {
      const handle = webhookHandler(webhooks, handlers);
      return listen((incoming, outgoing) => {
        void (async () => {
          const chunks = (await incoming.toArray()) as Buffer[];
          const { method = 'GET', url, headers } = incoming;
          const body = method === 'GET' ? {} : { body: Buffer.concat(chunks).toString() };
          const init = { method, headers: headers as Record<string, string>, ...body };
          const request = new Request(`http://acme.test${String(url)}`, init);
          const response = await handle(request).catch(() => new Response(null, { status: 500 }));
          outgoing.writeHead(response.status).end(await response.text());
        })();
      });
    },
  ],
];

describe.each(receivers)('%s', (_name, start) => {
  const { signatureSecret: secret, apiKey } = held;
  let receiver: Receiver;
  let received: unknown[];
  let failures = 0;
  const handle =
    (name: string) =>
    (content: unknown): void => {
      if (failures-- > 0) throw new Error('The database is down.');
      received.push([name, content]);
    };
  beforeEach(async () => {
    [received, failures] = [[], 0];
    const handlers = { messages: handle('messages'), calls: handle('calls'), sms: handle('sms') };
    receiver = await start(new Acme(credentials), handlers);
  });
  afterEach(() => {
    receiver.close();
  });
  const statuses = async (name: string, callback: Parameters<Sandbox['deliver']>[0]) => {
    const to = `${receiver.url}/${name}`;
    const { attempts } = await sandbox.deliver(callback, { to, wait: () => Promise.resolve() });
    return attempts.map(({ status }) => status);
  };

  test.each(['messages', 'calls'])('passes a webhook on to %s once', async (name) => {
    const callback = signWebhook({ secret, apiKey, body: message });
    expect(await statuses(name, callback)).toEqual([204]);
    expect(await statuses(name, callback)).toEqual([200]);
    expect(received).toEqual([[name, message]]);
  });

  test.each(['query', 'form', 'json'] as const)('passes an SMS sent as %s on', async (as) => {
    const callback = signSmsCallback({ secret, apiKey, params: { text: 'Hello' }, as });
    expect(await statuses('sms', callback)).toEqual([204]);
    expect(received).toEqual([['sms', expect.objectContaining({ text: 'Hello' })]]);
  });

  test('refuses forgeries', async () => {
    const forged = signWebhook({ secret: wrongSecret, apiKey, body: message });
    expect(await statuses('messages', forged)).toEqual([401]);
    const sms = signSmsCallback({ secret: wrongSecret, params: { text: 'Hello' } });
    expect(await statuses('sms', sms)).toEqual([401]);
    const ofAnother = signWebhook({ secret, apiKey: 'beef1234', body: message });
    expect(await statuses('messages', ofAnother)).toEqual([401]);
    expect(received).toEqual([]);
  });

  test('lets the platform deliver a webhook again if its handler failed', async () => {
    failures = 1;
    const callback = signWebhook({ secret, apiKey, body: message });
    expect(await statuses('messages', callback)).toEqual([500, 204]);
    expect(received).toHaveLength(1);
  });

  test('answers an unknown path with 404', async () => {
    const callback = signWebhook({ secret, apiKey, body: message });
    expect(await statuses('constructor', callback)).toEqual([404]);
  });
});
