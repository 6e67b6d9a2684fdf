// src/injector/refusal-report.ts, through each HTTP client.
import { execFileSync } from 'node:child_process';
import { createPublicKey, createSign } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import {
  AuthInjector,
  type AuthInjectorOptions,
  createAuthFetch,
  Credentials,
  OAuth1Flow,
  type RefusalEvent,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { anyCharacter } from '../support/characters';
import { clients } from '../support/clients';
import { rejection } from '../support/errors';
import { keyPath, keyText } from '../support/keys';
import { encodingsOf, leaksIn } from '../support/leaks';
import { runs } from '../support/runs';
import { startServer } from '../support/server';

const [privateKey, publicKey] = [keyText('rsa-pkcs8'), keyText('rsa-public')];
const otherKey = keyText('rsa-other');
const otherApplication = 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab';
const credentials = new Credentials({ ...held, applicationId, privateKey });
const secretsHeld = [held.apiSecret, held.signatureSecret, 'not-the-secret'];
const start = 1_500_000_000;

/** The fingerprint of a public key, computed with OpenSSL. */
function fingerprintBy(openssl: string[]): string {
  const der = execFileSync('openssl', ['pkey', ...openssl, '-pubout', '-outform', 'DER']);
  return execFileSync('openssl', ['dgst', '-sha256', '-r'], { input: der }).toString().slice(0, 64);
}
const fingerprints = {
  right: fingerprintBy(['-pubin', '-in', keyPath('rsa-public')]),
  wrong: fingerprintBy(['-in', keyPath('rsa-other')]),
};

let [ours, theirs] = [start, start];
let sandbox: Sandbox;
let warnings: jest.SpyInstance;
let events: RefusalEvent[];
const listener = (event: unknown) => events.push(event as RefusalEvent);

beforeEach(async () => {
  [ours, theirs] = [start, start];
  events = [];
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
  sandbox = await startSandbox({ ...held, applicationId, publicKey, now: () => theirs * 1000 });
  subscribe('nexmo-auth:request:refused', listener);
});
afterEach(async () => {
  unsubscribe('nexmo-auth:request:refused', listener);
  warnings.mockRestore();
  await sandbox.close();
});

const authOf = (from: Credentials, options: AuthInjectorOptions = {}) =>
  new AuthInjector(from, { products: sandbox.products, now: () => ours * 1000, ...options });

/** Checks that the events contain no secret and no part of a credential that was sent, in any encoding. */
function expectNoLeaks(more: string[] = []): void {
  const sent = sandbox.requests.map(({ headers }) => String(headers['authorization'] ?? ''));
  const parts = sent.flatMap((header) => header.split(/[ .]/)).filter((part) => part.length > 12);
  expect(leaksIn(events, [...secretsHeld, ...parts, ...more])).toEqual([]);
}

const explained = (cause: string) => ({
  cause: expect.stringContaining(cause) as string,
  remedy: expect.stringMatching(/\.$/) as string,
});
const unauthorized = {
  type: 'UNAUTHORIZED',
  title: 'Unauthorized',
  status: 401,
  ...explained('missing or wrong'),
};

describe.each(clients)('the event of a refused request that %s has sent', (_client, sendBy) => {
  const voice = () => ({ method: 'post', url: sandbox.url('voice'), data: { to: [{}], from: {} } });
  const bearer = () => ({
    product: 'voice',
    scheme: 'bearer',
    ...unauthorized,
    url: sandbox.url('voice'),
    willRetry: false,
    applicationId,
    iat: start,
    exp: start + 900,
    date: new Date(start * 1000).toUTCString(),
    clockDifference: 0,
    keyFingerprint: fingerprints.right,
  });

  test('names the right key and a wrong application', async () => {
    await sendBy(authOf(credentials.with({ applicationId: otherApplication })), voice());
    expect(events).toEqual([{ ...bearer(), applicationId: otherApplication }]);
    expectNoLeaks();
  });

  test('names a wrong key and the right application', async () => {
    await sendBy(authOf(credentials.with({ privateKey: otherKey })), voice());
    expect(events).toEqual([{ ...bearer(), keyFingerprint: fingerprints.wrong }]);
    expectNoLeaks();
  });

  test('names the difference of a wrong clock, and the retry', async () => {
    theirs += 3600;
    expect((await sendBy(authOf(credentials), voice())).status).toBe(201);
    expect(events).toEqual([
      {
        ...bearer(),
        ...explained('Your clock differs'),
        date: new Date(theirs * 1000).toUTCString(),
        clockDifference: 3600,
        willRetry: true,
      },
    ]);
    expectNoLeaks();
  });

  test('names a clock difference that is too large for a retry', async () => {
    theirs += 90_000;
    await sendBy(authOf(credentials), voice());
    expect(events).toMatchObject([{ clockDifference: 90_000, willRetry: false }]);
  });

  test('comes once for a reused token, and once for the token of the retry', async () => {
    const auth = authOf(credentials);
    await sendBy(auth, voice());
    sandbox.change({ applicationId: otherApplication });
    await sendBy(auth, voice());
    expect(events.map(({ willRetry }) => willRetry)).toEqual([true, false]);
  });

  test('has the status that the platform gives an SMS with a wrong secret', async () => {
    const auth = authOf(credentials.with({ apiSecret: 'not-the-secret' }));
    const params = { from: 'Acme', to: '447700900000', text: 'Hello' };
    await sendBy(auth, { url: `${sandbox.url('sms')}json`, params });
    expect(events).toMatchObject([
      {
        product: 'sms',
        scheme: 'query',
        status: 200,
        code: '4',
        willRetry: false,
        ...explained('The API key or secret is wrong'),
      },
    ]);
    expect(events[0]?.url).toBe(`${sandbox.url('sms')}json`);
    expect(events[0]).not.toHaveProperty('keyFingerprint');
    expectNoLeaks();
  });

  test('has the problem that the platform names for a wrong Basic secret, but not the API key', async () => {
    const auth = authOf(credentials.with({ apiSecret: 'not-the-secret' }));
    await sendBy(auth, { url: sandbox.url('secrets') });
    expect(events).toEqual([
      {
        product: 'secrets',
        scheme: 'basic',
        status: 401,
        type: 'https://developer.nexmo.com/api-errors#unauthorized',
        title: 'Invalid credentials supplied',
        ...explained('missing or wrong'),
        url: sandbox.url('secrets').replace(held.apiKey, '[redacted]'),
        date: new Date(start * 1000).toUTCString(),
        clockDifference: 0,
        willRetry: false,
      },
    ]);
    expectNoLeaks([held.apiKey]);
  });

  test('comes once for a rotated secret, and names the retry', async () => {
    const apiSecret = ['not-the-secret', held.apiSecret] as const;
    await sendBy(authOf(credentials.with({ apiSecret })), {
      url: sandbox.url('account') + 'get-balance',
    });
    expect(events).toMatchObject([
      {
        product: 'account',
        status: 401,
        code: '401',
        title: 'authentication failed',
        willRetry: true,
      },
    ]);
    expectNoLeaks();
  });

  test('names no retry for a body that is a stream', async () => {
    theirs += 3600;
    const headers = { 'content-type': 'text/plain' };
    await sendBy(authOf(credentials), { ...voice(), headers, data: Readable.from(['x']) });
    expect(events).toMatchObject([{ clockDifference: 3600, willRetry: false }]);
  });

  test('does not come if the request is accepted', async () => {
    await sendBy(authOf(credentials), voice());
    expect(events).toEqual([]);
  });

  test('costs nothing without a subscriber', async () => {
    const sign = (input: Uint8Array) => createSign('sha256').update(input).sign(otherKey);
    const key = createPublicKey(otherKey);
    const signer = { sign, publicKey: key };
    const auth = authOf(new Credentials({ applicationId }), { signer });
    unsubscribe('nexmo-auth:request:refused', listener);
    // The first request checks the key.
    expect((await sendBy(auth, voice())).status).toBe(401);
    const spies = [jest.spyOn(key, 'export'), jest.spyOn(Response.prototype, 'clone')];
    const [exporting, cloning] = spies.map(({ mock }) => mock.calls);
    expect((await sendBy(auth, voice())).status).toBe(401);
    expect([exporting, cloning]).toEqual([[], []]);
    subscribe('nexmo-auth:request:refused', listener);
    expect((await sendBy(auth, voice())).status).toBe(401);
    for (const spy of spies) spy.mockRestore();
    expect(exporting?.length).toBe(1);
    expect(events).toHaveLength(1);
  });
});

/** The response of a server to one request. */
async function refusedBy(answer: RequestListener, scheme: 'basic' | 'bearer' | 'query' = 'basic') {
  const server = await startServer(answer);
  const products = [{ name: 'gateway', urls: [server.origin], schemes: [scheme] as const }];
  const auth = new AuthInjector(credentials, { products, now: () => ours * 1000 });
  const response = await createAuthFetch(auth)(
    `${server.origin}/v1/things?secret=${held.apiSecret}`,
  );
  const text = await response.text();
  await server.close();
  return { status: response.status, text, origin: server.origin };
}

describe('an external signer', () => {
  const sign = (input: Uint8Array) => createSign('sha256').update(input).sign(otherKey);

  test('has the fingerprint of its public key in the event', async () => {
    const signer = { sign, publicKey: createPublicKey(otherKey) };
    const auth = authOf(new Credentials({ applicationId }), { signer });
    await createAuthFetch(auth)(sandbox.url('voice'));
    expect(events).toMatchObject([{ applicationId, keyFingerprint: fingerprints.wrong }]);
  });

  test('without a public key has no fingerprint in the event', async () => {
    const auth = authOf(new Credentials({ applicationId }), { signer: sign });
    await createAuthFetch(auth)(sandbox.url('voice'));
    expect(events).toMatchObject([{ applicationId, iat: start }]);
    expect(events[0]).not.toHaveProperty('keyFingerprint');
  });

  test('that fails for the next token causes no retry', async () => {
    let calls = 0;
    const once = (input: Uint8Array) => {
      calls += 1;
      if (calls > 1) throw new Error('hush-hush');
      return sign(input);
    };
    theirs += 3600;
    const auth = authOf(new Credentials({ applicationId }), { signer: once });
    expect((await rejection(createAuthFetch(auth)(sandbox.url('voice')))).code).toBe(
      'ERR_SIGNER_FAILED',
    );
    expect(events).toMatchObject([{ clockDifference: 3600, willRetry: false }]);
  });
});

test('with a provider, the event names the key that was used', async () => {
  const found = [credentials.with({ privateKey: otherKey }), credentials];
  const auth = new AuthInjector(() => found.shift() ?? credentials, {
    products: sandbox.products,
    now: () => ours * 1000,
  });
  const { status } = await createAuthFetch(auth)(sandbox.url('voice'), {
    method: 'POST',
    body: '{"to":[{}],"from":{}}',
    headers: { 'content-type': 'application/json' },
  });
  expect(status).toBe(201);
  expect(events).toMatchObject([{ keyFingerprint: fingerprints.wrong, willRetry: true }]);
});

describe('HTTP 403', () => {
  const forbidden =
    (date?: string): RequestListener =>
    (_request, response) => {
      if (date !== undefined) response.setHeader('date', date);
      response.writeHead(403).end();
    };
  const at = (seconds: number) => new Date(seconds * 1000).toUTCString();

  test.each(['bearer', 'basic'] as const)(
    'about missing rights is not a refusal of a credential (%s)',
    async (scheme) => {
      await refusedBy(forbidden(at(start)), scheme);
      expect(events).toEqual([]);
    },
  );

  test('is not a refusal of Basic credentials even if the Date differs, since they depend on no clock', async () => {
    await refusedBy(forbidden(at(start + 3600)), 'basic');
    expect(events).toEqual([]);
  });

  test.each([3600, -3600, 90_000])(
    'whose Date differs by %i seconds is a refusal of a token',
    async (seconds) => {
      await refusedBy(forbidden(at(start + seconds)), 'bearer');
      const willRetry = Math.abs(seconds) < 86_400;
      expect(events[0]).toMatchObject({ status: 403, clockDifference: seconds, willRetry });
    },
  );
});

describe('programs that call attempt() themselves', () => {
  const url = 'https://api.nexmo.com/v1/calls?secret=x#part';
  const auth = () => new AuthInjector(credentials, { now: () => ours * 1000 });

  test.each(['refused', 'retry'] as const)(
    'get the event once when they call %s()',
    async (said) => {
      const attempt = await auth().attempt({ url });
      await attempt[said]({ status: 401, type: 'jwt-expired', title: 'Expired', code: '7' });
      await attempt.retry();
      attempt.refused({ status: 401 });
      expect(events).toEqual([
        {
          product: 'voice',
          scheme: 'bearer',
          status: 401,
          type: 'jwt-expired',
          title: 'Expired',
          code: '7',
          ...explained('The token has expired'),
          url: 'https://api.nexmo.com/v1/calls',
          applicationId,
          iat: start,
          exp: start + 900,
          keyFingerprint: fingerprints.right,
          willRetry: false,
        },
      ]);
    },
  );

  test('get no cause for a code of a custom product, since the code may mean something else there', async () => {
    const refusal = { json: ['status'], codes: ['4'] };
    const own = { name: 'own', urls: ['https://own.test/'], schemes: ['basic'] as const, refusal };
    const options = { products: [own], schemes: { sms: 'basic' } } as const;
    const injector = new AuthInjector(credentials, options);
    for (const at of ['https://own.test/', 'https://rest.nexmo.com/sms/json']) {
      (await injector.attempt({ url: at })).refused({ status: 200, code: '4' });
    }
    const cause = expect.stringContaining('The API key or secret is wrong') as string;
    expect(events).toMatchObject([{ product: 'own' }, { product: 'sms', cause }]);
    expect(events[0]).not.toHaveProperty('cause');
  });

  test('get the event even if they do not describe the response', async () => {
    (await auth().attempt({ url })).refused();
    expect(events).toMatchObject([{ product: 'voice', willRetry: false }]);
    expect(events[0]).not.toHaveProperty('status');
    expect(events[0]).not.toHaveProperty('date');
  });

  test('get no event when they call answered() or accepted()', async () => {
    const attempt = await auth().attempt({ url });
    attempt.answered({ status: 401 });
    attempt.accepted({ status: 200 });
    expect(events).toEqual([]);
  });
});

describe('a text that an event takes from a response', () => {
  const echo =
    (text: (secret: string) => string): RequestListener =>
    ({ headers }, response) => {
      const { authorization = '' } = headers;
      const value = authorization.replace(/^\w+ /, '');
      const secret = authorization.startsWith('Basic') ? held.apiSecret : value;
      const said = text(secret);
      response.writeHead(401, {
        'content-type': 'application/problem+json',
        date: said.replace(/[^\x20-\x7E]/g, ''),
      });
      response.end(JSON.stringify({ type: said, title: `No: ${said}`, 'error-code': said }));
    };

  test.each(['basic', 'bearer'] as const)(
    'shows no secret of %s in any encoding',
    async (scheme) => {
      for (const [index] of encodingsOf(held.apiSecret).entries()) {
        await refusedBy(
          echo((secret) => String(encodingsOf(secret)[index])),
          scheme,
        );
      }
      expect(events.length).toBeGreaterThan(5);
      expectNoLeaks([Buffer.from(`${held.apiKey}:${held.apiSecret}`).toString('base64')]);
      expect(events.every(({ date }) => date === undefined)).toBe(true);
    },
  );

  test('is left out if it is too long or not a string, and is otherwise shown on one line', async () => {
    const problems = [{ type: 'x'.repeat(201) }, { title: 'a\nb' }, { type: 1, title: {} }, null];
    // A secret may be escaped for HTML, JSON or a URL.
    const escapes = ['a &amp;b', 'a &#38;b', 'a \\u0026b', 'a \\x26b', 'a b%26'];
    problems.push(...escapes.map((title) => ({ title })));
    for (const problem of problems) {
      await refusedBy((_request, response) => {
        response
          .writeHead(401, { 'content-type': 'application/json' })
          .end(JSON.stringify(problem));
      });
    }
    const shown = events.map(({ type, title }) => ({ type, title }));
    const hidden = escapes.map(() => ({ title: expect.stringMatching(/^a \*$/) as string }));
    expect(shown).toEqual([{}, { title: 'a b' }, {}, {}, ...hidden]);
  });

  test('reaches the caller whole and causes an event, for any body of a 401 response', async () => {
    const body = fc.oneof(fc.json(), fc.string({ unit: anyCharacter }));
    const property = fc.asyncProperty(body, async (text) => {
      events = [];
      const answer = await refusedBy((_request, response) => {
        response.writeHead(401, { 'content-type': 'application/json' }).end(text);
      });
      expect(answer).toMatchObject({
        status: 401,
        text: Buffer.from(text)
          .toString()
          .replace(/^\uFEFF/, ''),
      });
      expect(events).toMatchObject([
        { product: 'gateway', url: `${answer.origin}/v1/things`, willRetry: false },
      ]);
    });
    await fc.assert(property, { numRuns: runs(50) });
  });
});

describe('a request of OAuth1Flow', () => {
  const oauth1 = { consumerKey: 'consumer-key', consumerSecret: 'consumer-secret' };
  async function step(answer: RequestListener) {
    const server = await startServer(answer);
    const { origin } = server;
    const endpoints = {
      requestTokenUrl: `${origin}/oauth/request_token?x=1`,
      authorizeUrl: `${origin}/oauth/authorize`,
      accessTokenUrl: `${origin}/oauth/access_token`,
    };
    const flow = new OAuth1Flow(new Credentials({ oauth1 }), { endpoints, now: () => ours * 1000 });
    await flow.requestToken('oob').catch(() => undefined);
    await server.close();
    return origin;
  }
  const says =
    (status: number, problem: string, date?: string): RequestListener =>
    (_request, response) => {
      response.sendDate = false;
      response.writeHead(status, { ...(date && { date }) }).end(`oauth_problem=${problem}`);
    };

  test('that is refused causes an event with the problem that the platform names', async () => {
    const date = new Date((start + 600) * 1000).toUTCString();
    const origin = await step(says(401, 'timestamp_refused', date));
    expect(events).toEqual([
      {
        product: 'oauth1',
        scheme: 'oauth1',
        status: 401,
        code: 'timestamp_refused',
        url: `${origin}/oauth/request_token`,
        date,
        clockDifference: 600,
        willRetry: false,
      },
    ]);
    expect(leaksIn(events, [oauth1.consumerSecret])).toEqual([]);
  });

  test('that is refused without a Date, for an unknown problem, causes an event with neither; HTTP 500 causes none', async () => {
    const origin = await step(says(401, oauth1.consumerSecret));
    await step(says(500, 'nonce_used'));
    expect(events).toEqual([
      {
        product: 'oauth1',
        scheme: 'oauth1',
        status: 401,
        url: `${origin}/oauth/request_token`,
        willRetry: false,
      },
    ]);
  });
});
