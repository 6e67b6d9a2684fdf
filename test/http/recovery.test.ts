// src/injector/retry-policy.ts and src/jwt/token-cache.ts, through each HTTP client.
import { createSign } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import {
  AuthInjector,
  type AuthInjectorOptions,
  Credentials,
  decodeJwt,
  createAuthFetch,
  type Product,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';
import { runs } from '../support/runs';

/** The number of concurrent requests. */
const many = runs(200);

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const start = 1_500_000_000;

/** The clocks of the client and the server, in seconds. */
let [ours, theirs] = [start, start];
let sandbox: Sandbox;
let warnings: jest.SpyInstance;
const warned = () => warnings.mock.calls.map(([, options]) => (options as { code: string }).code);

beforeEach(async () => {
  [ours, theirs] = [start, start];
  warnings = jest.spyOn(process, 'emitWarning').mockImplementation();
  sandbox = await startSandbox({
    ...held,
    applicationId,
    publicKey: keyText('rsa-public'),
    now: () => theirs * 1000,
  });
});
afterEach(async () => {
  warnings.mockRestore();
  await sandbox.close();
});

const authOf = (options: AuthInjectorOptions = {}, from = credentials) =>
  new AuthInjector(from, { products: sandbox.products, now: () => ours * 1000, ...options });

const wait = () => setTimeout(5);
const call = { to: [{}], from: {} };
const tokens = () =>
  sandbox.requests.map(({ headers }) => String(headers['authorization']).slice(7));
const statuses = () => sandbox.requests.map(({ status }) => status);

describe.each(clients)('by %s', (_client, sendBy) => {
  const voice = () => ({ method: 'post', url: sandbox.url('voice'), data: call });

  test('requests share a token that has not expired', async () => {
    const auth = authOf();
    for (let count = 0; count < 3; count += 1) await sendBy(auth, voice());
    expect(new Set(tokens()).size).toBe(1);
    expect(statuses()).toEqual([201, 201, 201]);
  });

  test('each request has its own token with cache: false', async () => {
    const auth = authOf({ cache: false });
    for (let count = 0; count < 2; count += 1) await sendBy(auth, voice());
    expect(new Set(tokens()).size).toBe(2);
  });

  test('a refused token that was reused is dropped, and the request is retried with a new one', async () => {
    const auth = authOf();
    await sendBy(auth, voice());
    sandbox.change({ applicationId: 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab' });
    expect((await sendBy(auth, voice())).status).toBe(401);
    const [first, second, third] = tokens();
    expect(second).toBe(first);
    expect(third).not.toBe(second);
    expect(tokens()).toHaveLength(3);
    // The new token was refused too, so the next request gets another token.
    sandbox.change({ applicationId });
    expect((await sendBy(auth, voice())).status).toBe(201);
    expect(tokens()[3]).not.toBe(third);
  });

  test('a refused token that is new causes no retry', async () => {
    sandbox.change({ applicationId: 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab' });
    const auth = authOf();
    await sendBy(auth, voice());
    await sendBy(auth, voice());
    expect(statuses()).toEqual([401, 401]);
  });

  test('a request whose body is a stream is not sent again, but its token is dropped', async () => {
    const auth = authOf();
    await sendBy(auth, voice());
    theirs += 2000;
    const headers = { 'content-type': 'text/plain' };
    const stream = { ...voice(), headers, data: Readable.from(['x']) };
    expect((await sendBy(auth, stream)).status).toBe(401);
    expect(sandbox.requests).toHaveLength(2);
    expect((await sendBy(auth, voice())).status).toBe(201);
    expect(sandbox.requests).toHaveLength(3);
  });

  test('a clock that is behind is detected by the Date of a response, with one warning', async () => {
    theirs += 3600;
    const auth = authOf();
    for (let count = 0; count < 2; count += 1) {
      const { status } = await sendBy(auth, voice());
      expect(status).toBe(201);
    }
    expect(statuses()).toEqual([401, 201, 201]);
    expect(decodeJwt(String(tokens().at(-1))).claims['iat']).toBe(theirs);
    expect(warned()).toEqual(['NEXMO_AUTH_CLOCK']);
  });

  test('a clock that is ahead is not corrected if the platform accepts the tokens that it dates', async () => {
    theirs -= 90_000;
    await sendBy(authOf(), voice());
    expect(statuses()).toEqual([201]);
    expect(decodeJwt(String(tokens()[0])).claims['iat']).toBe(ours);
    expect(warned()).toEqual([]);
  });

  test.each([true, false])(
    'many concurrent requests with a wrong clock are all accepted, with one warning (cache: %p)',
    async (cache) => {
      theirs += 3600;
      const auth = authOf({ cache });
      const sent = Array.from({ length: many / 2 }, () => sendBy(auth, voice()));
      const answers = await Promise.all(sent);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
      if (cache) expect(sandbox.requests).toHaveLength(many);
      expect(warned()).toEqual(['NEXMO_AUTH_CLOCK']);
    },
  );

  test('none of many requests in flight fails when the application’s key is rotated', async () => {
    const pair = [privateKey, keyText('rsa-other')] as const;
    const auth = authOf({}, credentials.with({ privateKey: pair }));
    const sent: Promise<{ status: number }>[] = [];
    for (let count = 0; count < many; count += 1) {
      if (count === many / 2) {
        await sent[0];
        sandbox.change({ publicKey: keyText('rsa-other').trim() });
      }
      sent.push(sendBy(auth, voice()));
    }
    const answers = await Promise.all(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(tokens()).size).toBe(2);
  });

  test('an external signer signs once for all requests, and the credentials need no key', async () => {
    const sign = jest.fn((input: Uint8Array) =>
      createSign('sha256').update(input).sign(privateKey),
    );
    const keyless = new Credentials({ applicationId });
    const auth = authOf({ signer: { sign, publicKey: keyText('rsa-public') } }, keyless);
    await Promise.all(Array.from({ length: 20 }, () => sendBy(auth, voice())));
    expect(new Set(statuses())).toEqual(new Set([201]));
    expect(sign).toHaveBeenCalledTimes(1);
    sandbox.change({ applicationId: 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab' });
    expect((await sendBy(auth, voice())).status).toBe(401);
    expect(sign).toHaveBeenCalledTimes(2);
  });
});

type Init = Parameters<typeof fetch>[1];

const iatOf = (init: Init) => {
  const token = String(new Headers(init?.headers).get('authorization')).slice(7);
  return Number(decodeJwt(token).claims['iat']);
};

/** A platform that refuses tokens dated more than five minutes from its own time. */
const strict = (init: Init, now: number) => {
  const status = Math.abs(iatOf(init) - now) > 300 ? 401 : 200;
  return new Response('', { status, headers: { date: new Date(now * 1000).toUTCString() } });
};

test('a clock is not corrected without a valid Date, or for a difference of up to 30 seconds', async () => {
  const far = new Date((start + 31) * 1000).toUTCString();
  const near = new Date((start + 30) * 1000).toUTCString();
  const times = [];
  for (const date of [undefined, 'yesterday', near, far]) {
    let count = 0;
    const fetch = () => {
      count += 1;
      return Promise.resolve(new Response('', { status: 401, headers: date ? { date } : {} }));
    };
    const authFetch = createAuthFetch(authOf(), { fetch });
    await authFetch(sandbox.url('voice'));
    times.push(count);
  }
  expect(times).toEqual([1, 1, 1, 2]);
});

test('a Date before 1970 does not prevent later tokens', async () => {
  const date = 'Mon, 01 Jan 1900 00:00:00 GMT';
  const answers = [401];
  const fetch = () =>
    Promise.resolve(new Response('', { status: answers.shift() ?? 200, headers: { date } }));
  const authFetch = createAuthFetch(authOf(), { fetch });
  expect((await authFetch(sandbox.url('voice'))).status).toBe(401);
  expect((await authFetch(sandbox.url('voice'))).status).toBe(200);
});

test('a clock that is ahead is detected, with a warning, if the platform refuses a token that the clock dated', async () => {
  const dates: unknown[] = [];
  const fetch: typeof globalThis.fetch = (_url, init) => {
    dates.push(iatOf(init));
    return Promise.resolve(strict(init, start - 3600));
  };
  const response = await createAuthFetch(authOf(), { fetch })(sandbox.url('voice'));
  expect(response.status).toBe(200);
  expect(dates).toEqual([start, start - 3600]);
  const { host } = new URL(sandbox.url('voice'));
  expect(String((warnings.mock.calls as unknown[][])[0]?.[0])).toContain(
    `is 3600 seconds ahead of that of ${host}, `,
  );
});

test('a gateway whose clock is wrong does not change the dates of tokens for the platform', async () => {
  const sent: [string, number][] = [];
  const fetch: typeof globalThis.fetch = (url, init) => {
    const { host } = new URL(String(url));
    sent.push([host, iatOf(init) - start]);
    return Promise.resolve(strict(init, host === 'gateway.test' ? start - 7200 : start));
  };
  const gateway = 'https://gateway.test/v1/';
  const products: Product[] = [{ name: 'gateway', urls: [gateway], schemes: ['bearer'] }];
  const authFetch = createAuthFetch(authOf({ products }), { fetch });
  for (let count = 0; count < 2; count += 1) {
    expect((await authFetch(gateway)).status).toBe(200);
    expect((await authFetch('https://api.nexmo.com/v1/calls')).status).toBe(200);
  }
  expect(sent).toEqual([
    ['gateway.test', 0],
    ['gateway.test', -7200],
    ['api.nexmo.com', 0],
    ['gateway.test', -7200],
    ['api.nexmo.com', 0],
  ]);
});

test('a token that was being signed when a clock was corrected is not shared with later requests', async () => {
  const gate = () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { open, opened };
  };
  const [answering, signing] = [gate(), gate()];
  let isSlow = false;
  const signer = async (input: Uint8Array) => {
    if (isSlow) await signing.opened;
    return createSign('sha256').update(input).sign(privateKey);
  };
  let count = 0;
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    count += 1;
    if (count === 1) await answering.opened;
    return strict(init, ours + 600);
  };
  const authFetch = createAuthFetch(authOf({ signer }), { fetch });
  const send = async () => (await authFetch(sandbox.url('voice'))).status;
  const first = send();
  await wait();
  // Now the token of the first request has to be renewed, and signing the token of the second request is slow.
  ours += 871;
  isSlow = true;
  const second = send();
  await wait();
  answering.open();
  await wait();
  const third = send();
  await wait();
  signing.open();
  expect(await Promise.all([first, second, third])).toEqual([200, 200, 200]);
});

test('the secret of a retry that is answered with HTTP 403 is not used for later requests', async () => {
  const secrets: (string | null)[] = [];
  const answers = [401, 403];
  const fetch = (url: unknown) => {
    secrets.push(new URL(String(url)).searchParams.get('api_secret'));
    return Promise.resolve(new Response('', { status: answers.shift() ?? 200 }));
  };
  const pair = ['one', 'two'] as const;
  const authFetch = createAuthFetch(authOf({}, credentials.with({ apiSecret: pair })), { fetch });
  for (let count = 0; count < 2; count += 1)
    await authFetch(`${sandbox.url('account')}get-balance`);
  expect(secrets).toEqual(['one', 'two', 'one']);
});

test('a clock that drifts further is detected again, without another warning', async () => {
  const authFetch = createAuthFetch(authOf());
  theirs += 3600;
  expect((await authFetch(sandbox.url('voice'), post)).status).toBe(201);
  // A new token, again dated an hour before the platform's time, has already expired there.
  ours -= 3600;
  expect((await authFetch(sandbox.url('voice'), post)).status).toBe(201);
  expect(warned()).toEqual(['NEXMO_AUTH_CLOCK']);
});

const post = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(call),
};
