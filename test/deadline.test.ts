import { getEventListeners } from 'node:events';
import { NexmoAuthError } from '../src';
import { type CallbackErrors, Deadline, onAbort } from '../src/deadline';
import { rejection } from './support/errors';

const callbackErrors: CallbackErrors = {
  name: 'The signer',
  failed: 'ERR_SIGNER_FAILED',
  timeout: 'ERR_SIGNER_TIMEOUT',
  aborted: 'ERR_SIGNER_ABORTED',
};
const secret = 'hush-hush';
const countListeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('a deadline', () => {
  afterEach(() => jest.useRealTimers());

  test.each([false, true])('leaves no timer after an answer (in background: %p)', async (flag) => {
    jest.useFakeTimers();
    await new Deadline({}, callbackErrors).waitFor(() => 1, flag);
    await rejection(
      new Deadline({}, callbackErrors).waitFor(() => Promise.reject(new Error()), flag),
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  test('shares one listener per signal (many would cause a MaxListenersExceededWarning), and leaves none', async () => {
    const { signal } = new AbortController();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const all = [1, 2].flatMap(() => {
      const deadline = new Deadline({ signal }, callbackErrors);
      return Array.from({ length: 50 }, () => deadline.waitFor(() => answered));
    });
    expect(countListeners(signal)).toBe(1);
    answer();
    await Promise.all(all);
    expect(countListeners(signal)).toBe(0);
  });

  test('ends every call in flight when the signal aborts', async () => {
    const controller = new AbortController();
    const deadline = new Deadline({ signal: controller.signal }, callbackErrors);
    await deadline.waitFor(() => 1);
    const all = [1, 2].map(() => rejection(deadline.waitFor(() => new Promise(() => undefined))));
    controller.abort();
    const codes = (await Promise.all(all)).map(({ code }) => code);
    expect(codes).toEqual(['ERR_SIGNER_ABORTED', 'ERR_SIGNER_ABORTED']);
    expect(countListeners(controller.signal)).toBe(0);
  });
});

test('a callback that reads its signal only after the deadline gets an aborted one', async () => {
  jest.useFakeTimers();
  let late: (() => AbortSignal) | undefined;
  const waiting = new Deadline({ deadline: 1 }, callbackErrors).waitFor((call) => {
    late = () => call.signal;
    return new Promise(() => undefined);
  });
  jest.advanceTimersByTime(1000);
  const { code } = await rejection(waiting);
  jest.useRealTimers();
  expect(code).toBe('ERR_SIGNER_TIMEOUT');
  expect(late?.()).toMatchObject({ aborted: true, reason: { code } });
});

test('onAbort does not call a callback that was removed', () => {
  const controller = new AbortController();
  const called: string[] = [];
  const remove = onAbort(controller.signal, () => called.push('first'));
  onAbort(controller.signal, () => called.push('second'));
  remove();
  controller.abort();
  expect(called).toEqual(['second']);
});

describe('what a callback throws is replaced if it is', () => {
  const throwSecret = () => {
    throw new Error(secret);
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each<[string, unknown]>([
    [
      'an error whose name is a getter that throws',
      Object.defineProperty(new Error(secret), 'name', { get: throwSecret }),
    ],
    ['an object with a name whose toString throws', { name: { toString: throwSecret } }],
    ['an object with a name without toString', { name: Object.create(null) as unknown }],
    [
      'a proxy that throws at each read',
      new Proxy({}, { get: throwSecret, getPrototypeOf: throwSecret }),
    ],
    ['a revoked proxy', proxy],
    [
      'a NexmoAuthError with a cause',
      Object.assign(new NexmoAuthError('ERR_SIGNER_FAILED', 'Mine.'), { cause: new Error(secret) }),
    ],
  ])('%s', async (_name, thrown) => {
    const callback = () => {
      throw thrown;
    };
    const error = await rejection(new Deadline({}, callbackErrors).waitFor(callback), [secret]);
    expect(error).not.toBe(thrown);
    expect(error.code).toBe('ERR_SIGNER_FAILED');
    expect(error.message).toMatch(/^The signer failed( \(NexmoAuthError\))?\./);
  });
});
