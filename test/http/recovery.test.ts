import { createSign } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AuthInjector,
  type AuthInjectorOptions,
  Credentials,
  decodeJwt,
  createAuthFetch,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { clients } from '../support/clients';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const start = 1_500_000_000;

/** The clocks of both sides, in seconds. */
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

const call = { to: [{}], from: {} };
const tokens = () =>
  sandbox.requests.map(({ headers }) => String(headers['authorization']).slice(7));
const statuses = () => sandbox.requests.map(({ status }) => status);

describe.each(clients)('by %s', (_client, sendBy) => {
  const voice = () => ({ method: 'post', url: sandbox.url('voice'), data: call });

  test('requests share a live token', async () => {
    const auth = authOf();
    for (let count = 0; count < 3; count += 1) await sendBy(auth, voice());
    expect(new Set(tokens()).size).toBe(1);
    expect(statuses()).toEqual([201, 201, 201]);
  });

  test('with cache: false each has its own', async () => {
    const auth = authOf({ cache: false });
    for (let count = 0; count < 2; count += 1) await sendBy(auth, voice());
    expect(new Set(tokens()).size).toBe(2);
  });

  test('a reused token that is refused is dropped, and the request sent once more with a new one', async () => {
    const auth = authOf();
    await sendBy(auth, voice());
    sandbox.change({ applicationId: 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab' });
    expect((await sendBy(auth, voice())).status).toBe(401);
    const [first, second, third] = tokens();
    expect(second).toBe(first);
    expect(third).not.toBe(second);
    expect(tokens()).toHaveLength(3);
    // The second was refused as well, so it is used no longer, and the next one is tried once only.
    sandbox.change({ applicationId });
    expect((await sendBy(auth, voice())).status).toBe(201);
    expect(tokens()[3]).not.toBe(third);
  });

  test('a new token that is refused is not worth another', async () => {
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

  test.each([
    ['behind', 3600],
    ['ahead', -90_000],
  ])('a clock that is %s is found out by the answer’s Date, and said once', async (_how, by) => {
    theirs += by;
    const auth = authOf();
    for (let count = 0; count < 2; count += 1) {
      const { status } = await sendBy(auth, voice());
      expect(status).toBe(201);
    }
    const refused = by > 0 ? [401] : [];
    expect(statuses()).toEqual([...refused, 201, 201]);
    const { iat } = decodeJwt(String(tokens().at(-1))).claims;
    expect(iat).toBe(by > 0 ? theirs : ours);
    expect(warned()).toEqual(refused.map(() => 'NEXMO_AUTH_CLOCK'));
  });

  test('of 100 requests at once by a wrong clock, none fails, and it is said once', async () => {
    theirs += 3600;
    const auth = authOf();
    const sent = Array.from({ length: 100 }, () => sendBy(auth, voice()));
    const answers = await Promise.all(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(sandbox.requests).toHaveLength(200);
    expect(warned()).toEqual(['NEXMO_AUTH_CLOCK']);
  });

  test('of 200 requests in flight while the application’s key is rotated, none fails', async () => {
    const pair = [privateKey, keyText('rsa-other')] as const;
    const auth = authOf({}, credentials.with({ privateKey: pair }));
    const sent: Promise<{ status: number }>[] = [];
    for (let count = 0; count < 200; count += 1) {
      if (count === 100) {
        await sent[0];
        sandbox.change({ publicKey: keyText('rsa-other').trim() });
      }
      sent.push(sendBy(auth, voice()));
    }
    const answers = await Promise.all(sent);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(tokens()).size).toBe(2);
  });

  test('an external signer serves all, and credentials need no key', async () => {
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

test('a difference of up to 30 seconds is none, and no Date says nothing', async () => {
  for (const date of [undefined, 'yesterday', new Date((start + 30) * 1000).toUTCString()]) {
    let count = 0;
    const fetch = () => {
      count += 1;
      return Promise.resolve(new Response('', { status: 401, headers: date ? { date } : {} }));
    };
    const authFetch = createAuthFetch(authOf(), { fetch });
    await authFetch(sandbox.url('voice'));
    expect(count).toBe(1);
  }
});

test('a clock that is ahead, where the platform minds, is set back, and so it is said', async () => {
  const dates: unknown[] = [];
  const date = new Date((start - 3600) * 1000).toUTCString();
  const fetch = (_url: unknown, init?: { headers?: object }) => {
    const token = String(Object.values(init?.headers ?? {}).at(-1)).slice(7);
    dates.push(decodeJwt(token).claims['iat']);
    return Promise.resolve(
      new Response('', { status: dates.length === 1 ? 401 : 200, headers: { date } }),
    );
  };
  const response = await createAuthFetch(authOf(), { fetch })(sandbox.url('voice'));
  expect(response.status).toBe(200);
  expect(dates).toEqual([start, start - 3600]);
  expect(String((warnings.mock.calls as unknown[][])[0]?.[0])).toContain(
    'is 3600 seconds ahead of that of the platform',
  );
});

test('a secret that only met HTTP 403 is not taken for the one that worked', async () => {
  const asked: (string | null)[] = [];
  const answers = [401, 403];
  const fetch = (url: unknown) => {
    asked.push(new URL(String(url)).searchParams.get('api_secret'));
    return Promise.resolve(new Response('', { status: answers.shift() ?? 200 }));
  };
  const pair = ['one', 'two'] as const;
  const authFetch = createAuthFetch(authOf({}, credentials.with({ apiSecret: pair })), { fetch });
  for (let count = 0; count < 2; count += 1)
    await authFetch(`${sandbox.url('account')}get-balance`);
  expect(asked).toEqual(['one', 'two', 'one']);
});

test('a clock that is set right afterwards is found out, too, and not said again', async () => {
  const authFetch = createAuthFetch(authOf());
  theirs += 3600;
  expect((await authFetch(sandbox.url('voice'), post)).status).toBe(201);
  // Now an hour fast: the token of then has expired for the platform, not by this clock.
  ours -= 3600;
  theirs += 0;
  expect((await authFetch(sandbox.url('voice'), post)).status).toBe(201);
  expect(warned()).toEqual(['NEXMO_AUTH_CLOCK']);
});

const post = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(call),
};
