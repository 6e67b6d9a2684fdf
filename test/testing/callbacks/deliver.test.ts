import { createHook } from 'node:async_hooks';
import { ProxyAgent } from 'undici';
import {
  type DeliverOptions,
  type Sandbox,
  type SignedCallback,
  signSmsCallback,
  signWebhook,
  startSandbox,
} from '../../../src/testing';
import { held } from '../../support/account';
import { rejection } from '../../support/errors';
import { type Answer, type Receiver, startReceiver } from './receiver';

const { apiKey, signatureSecret: secret } = held;
const webhook = signWebhook({ secret, apiKey, body: { text: 'Hello' } });

let sandbox: Sandbox;
let receiver: Receiver;
/** The seconds that `wait` was called with. The `wait` of these tests returns at once. */
let waits: number[];
beforeEach(async () => {
  sandbox = await startSandbox();
  receiver = await startReceiver();
  waits = [];
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

function deliver(callback: SignedCallback, options: Partial<DeliverOptions> = {}) {
  const wait = (seconds: number) => {
    waits.push(seconds);
    return Promise.resolve();
  };
  return sandbox.deliver(callback, { to: receiver.url, wait, ...options });
}

describe('the delivered request', () => {
  test('is the callback by POST', async () => {
    expect(await deliver(webhook)).toEqual({ delivered: true, attempts: [{ status: 200 }] });
    expect(receiver.received).toMatchObject([
      {
        method: 'POST',
        url: '/webhooks/inbound',
        headers: webhook.headers,
        body: webhook.rawBody,
      },
    ]);
  });

  test('uses TLS for https:, which a plain HTTP server does not understand', async () => {
    const to = receiver.url.replace('http:', 'https:');
    expect(await deliver(webhook, { to, attempts: 1 })).toEqual({
      delivered: false,
      attempts: [{ status: undefined }],
    });
    expect(receiver.received).toEqual([]);
  });

  test('does not go through the proxy of the global dispatcher', async () => {
    const key = Symbol.for('undici.globalDispatcher.1');
    const before: unknown = Reflect.get(globalThis, key);
    Reflect.set(globalThis, key, new ProxyAgent('http://127.0.0.1:1'));
    try {
      expect(await deliver(webhook)).toEqual({ delivered: true, attempts: [{ status: 200 }] });
    } finally {
      Reflect.set(globalThis, key, before);
    }
    expect(receiver.received).toHaveLength(1);
  });

  test.each(['/elsewhere??c=1', '/elsewhere??'])(
    'has the query of %s as it was signed',
    async (url) => {
      const callback = signWebhook({ secret, apiKey, method: 'GET', url });
      await deliver(callback);
      expect(receiver.received[0]?.url).toMatch(/\?\?(c=1)?$/);
    },
  );

  test('is the callback by GET, with its query', async () => {
    const query = { a: "it's", b: 'é&=' };
    const callback = signWebhook({ secret, apiKey, method: 'GET', url: '/elsewhere?c=1', query });
    await deliver(callback);
    const [received] = receiver.received;
    const { pathname, searchParams } = new URL(String(received?.url), receiver.url);
    expect([received?.method, pathname]).toEqual(['GET', '/webhooks/inbound']);
    expect(Object.fromEntries(searchParams)).toEqual({ c: '1', ...query });
    expect(received?.headers).toMatchObject(callback.headers);
    expect(received?.headers).not.toHaveProperty('content-length');
  });

  test('may be an SMS callback', async () => {
    await deliver(signSmsCallback({ secret, params: { text: 'Hello' }, as: 'json' }));
    expect(receiver.received[0]?.body.toString()).toContain('"text":"Hello"');
  });

  test('has the body that was changed after signing, even if its length differs', async () => {
    const tampered = { ...webhook, rawBody: Buffer.from('{"text":"Hello, and more"}') };
    expect(await deliver(tampered)).toMatchObject({ delivered: true });
    expect(receiver.received[0]?.body.toString()).toBe('{"text":"Hello, and more"}');
  });
});

describe('the retry rule', () => {
  test('retries 429 and 5xx with the same bytes and the same token', async () => {
    receiver.answers = [503, 429, 500];
    expect(await deliver(webhook)).toEqual({
      delivered: true,
      attempts: [{ status: 503 }, { status: 429 }, { status: 500 }, { status: 200 }],
    });
    expect(waits).toEqual([5, 10, 20]);
    const [first, ...others] = receiver.received;
    expect(others).toHaveLength(3);
    for (const other of others) {
      expect(other.body).toEqual(webhook.rawBody);
      expect(other.headers).toEqual(first?.headers);
    }
  });

  test.each([
    [400, false],
    [401, false],
    [404, false],
    [302, false],
    [499, false],
    [201, true],
    [204, true],
  ])('ends the delivery after a %i, delivered: %s', async (status, delivered) => {
    receiver.answers = [status];
    expect(await deliver(webhook)).toEqual({ delivered, attempts: [{ status }] });
    expect(receiver.received).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test.each<[string, Answer]>([
    ['is closed without an answer', (response) => response.destroy()],
    [
      'is closed within an answer',
      (response) => {
        response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
      },
    ],
    ['is silent for longer than the time limit', () => undefined],
    [
      'switches protocols',
      (response) => {
        response.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
        );
      },
    ],
    ['stalls within an answer', (response) => response.writeHead(200).write('half')],
  ])('retries a connection that %s', async (_how, answer) => {
    receiver.answers = [answer];
    expect(await deliver(webhook, { timeout: 0.1 })).toEqual({
      delivered: true,
      attempts: [{ status: undefined }, { status: 200 }],
    });
    expect(waits).toEqual([5]);
  });

  test('retries a connection that is refused', async () => {
    await receiver.close();
    expect(await deliver(webhook, { attempts: 2 })).toEqual({
      delivered: false,
      attempts: [{ status: undefined }, { status: undefined }],
    });
    receiver = await startReceiver();
  });

  // Support article 360028543292: The first retry is after 5 seconds. The wait doubles at every retry until it
  // reaches 15 minutes. After 24 hours, the callback is discarded.
  test('ends the delivery when the next attempt would be after 24 hours', async () => {
    receiver.answers = Array.from({ length: 200 }, () => 503);
    const { delivered, attempts } = await deliver(webhook);
    expect(delivered).toBe(false);
    expect(attempts).toHaveLength(103);
    expect(receiver.received).toHaveLength(103);
    expect(waits.slice(0, 10)).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
    expect(new Set(waits.slice(8))).toEqual(new Set([900]));
    const last = waits.reduce((sum, seconds) => sum + seconds, 0);
    expect(last).toBeLessThanOrEqual(86_400);
    expect(last + 900).toBeGreaterThan(86_400);
  });

  test('makes no more attempts than the option attempts says', async () => {
    receiver.answers = [503, 503, 503];
    const answer = { delivered: false, attempts: [{ status: 503 }, { status: 503 }] };
    expect(await deliver(webhook, { attempts: 2 })).toEqual(answer);
    expect(waits).toEqual([5]);
  });
});

describe('a delivery is ended', () => {
  const silent: Answer = () => undefined;

  test('by a signal that is aborted already, before any attempt', async () => {
    const ended = await deliver(webhook, { signal: AbortSignal.abort() });
    expect(ended).toEqual({ delivered: false, attempts: [] });
    expect(receiver.received).toEqual([]);
  });

  test('by a signal within an attempt', async () => {
    const controller = new AbortController();
    receiver.answers = [
      () => {
        controller.abort();
      },
    ];
    const ended = await deliver(webhook, { signal: controller.signal });
    expect(ended).toEqual({ delivered: false, attempts: [{ status: undefined }] });
    expect(receiver.received).toHaveLength(1);
  });

  test('by a signal of another realm, which is not an instance of AbortSignal here', async () => {
    const { signal: own } = new AbortController();
    const listeners: (() => void)[] = [];
    const signal = {
      aborted: false,
      reason: 'mine',
      addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
      removeEventListener: () => undefined,
    };
    expect(signal).not.toBeInstanceOf(own.constructor);
    const wait = () => {
      for (const listener of listeners) listener();
      return Promise.resolve();
    };
    receiver.answers = [503, 503];
    const ended = await deliver(webhook, { wait, signal: signal as unknown as AbortSignal });
    expect(ended).toEqual({ delivered: false, attempts: [{ status: 503 }] });
  });

  test('by a signal during a wait with the default timer', async () => {
    const controller = new AbortController();
    receiver.answers = [503];
    // Finds the timer of the first wait, 5 seconds. hasRef() excludes the keep-alive timer of a socket.
    const timers = createHook({
      init(_id, type, _trigger, resource) {
        if (type !== 'Timeout') return;
        const timer = resource as NodeJS.Timeout & { _idleTimeout: number };
        if (timer._idleTimeout === 5000 && timer.hasRef())
          setImmediate(() => {
            controller.abort();
          });
      },
    }).enable();
    const delivery = deliver(webhook, { wait: undefined, signal: controller.signal });
    const result = await delivery.finally(() => timers.disable());
    expect(result).toEqual({ delivered: false, attempts: [{ status: 503 }] });
    expect(receiver.received).toHaveLength(1);
  });

  test('by closing the sandbox, with the attempts so far', async () => {
    receiver.answers = [503, silent];
    const delivery = deliver(webhook);
    while (receiver.received.length < 2) await new Promise(setImmediate);
    await sandbox.close();
    const attempts = [{ status: 503 }, { status: undefined }];
    expect(await delivery).toEqual({ delivered: false, attempts });
    expect(await deliver(webhook)).toEqual({ delivered: false, attempts: [] });
  });
});

test('the signal that wait receives is aborted with the delivery', async () => {
  const controller = new AbortController();
  receiver.answers = [503];
  const aborted: boolean[] = [];
  const wait = (_seconds: number, signal: AbortSignal) => {
    aborted.push(signal.aborted);
    controller.abort();
    aborted.push(signal.aborted);
    return Promise.resolve();
  };
  await deliver(webhook, { wait, signal: controller.signal });
  expect(aborted).toEqual([false, true]);
});

test('deliver rejects with the error that wait throws', async () => {
  receiver.answers = [503];
  const wait = () => Promise.reject(new Error('of the test'));
  await expect(deliver(webhook, { wait })).rejects.toThrow('of the test');
});

describe('deliver refuses', () => {
  const to = 'http://127.0.0.1:9/sesame-1';
  test.each<[string, unknown]>([
    ['options of undefined', undefined],
    ['an option that it does not have', { to, retries: 1 }],
    ['options without a URL', {}],
    ['a path', { to: '/sesame-1' }],
    ['a protocol other than http: and https:', { to: 'file:///sesame-1' }],
    ['a user', { to: 'http://sesame-1@127.0.0.1/' }],
    ['a fragment', { to: `${to}#` }],
    ['a query', { to: `${to}?a=1` }],
    ['attempts of 0', { to, attempts: 0 }],
    ['half an attempt', { to, attempts: 1.5 }],
    ['attempts that are a text', { to, attempts: '2' }],
    ['a timeout of 0', { to, timeout: 0 }],
    ['a timeout of more than a day', { to, timeout: 86_401 }],
    ['a timeout that is a text', { to, timeout: '15' }],
    ['a timeout of NaN', { to, timeout: NaN }],
    ['a wait that is a number', { to, wait: 1 }],
    ['a signal that is not an AbortSignal', { to, signal: {} }],
  ])('%s', async (_what, options) => {
    const refused = sandbox.deliver(webhook, options as DeliverOptions);
    expect((await rejection(refused, [secret, 'sesame-1'])).code).toBe('ERR_INVALID_OPTION');
  });

  test.each<[string, unknown]>([
    ['a callback of undefined', undefined],
    ['a callback without headers', { ...webhook, headers: undefined }],
    ['a callback without URL', { ...webhook, url: undefined }],
    ['a header that cannot be sent', { ...webhook, headers: { a: 'sesame-1\0' } }],
    ['a method that cannot be sent', { ...webhook, method: 'sesame 1' }],
    ['a body of a HEAD request', { ...webhook, method: 'HEAD' }],
  ])('%s', async (_what, callback) => {
    const refused = sandbox.deliver(callback as SignedCallback, { to });
    expect((await rejection(refused, [secret, 'sesame-1'])).code).toBe('ERR_INVALID_OPTION');
  });
});
