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
const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('after an answer', () => {
  afterEach(() => jest.useRealTimers());

  test.each([false, true])('no timer is left (in the background: %p)', async (inBackground) => {
    jest.useFakeTimers();
    await new Deadline({}, callbackErrors).waitFor(() => 1, inBackground);
    await rejection(
      new Deadline({}, callbackErrors).waitFor(() => Promise.reject(new Error()), inBackground),
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  test('no listener is left, and many that wait at one signal are one (MaxListenersExceededWarning)', async () => {
    const { signal } = new AbortController();
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const all = [1, 2].flatMap(() => {
      const deadline = new Deadline({ signal }, callbackErrors);
      return Array.from({ length: 50 }, () => deadline.waitFor(() => answered));
    });
    expect(listeners(signal)).toBe(1);
    answer();
    await Promise.all(all);
    expect(listeners(signal)).toBe(0);
  });

  test('the signal still ends those that wait, all of them', async () => {
    const controller = new AbortController();
    const deadline = new Deadline({ signal: controller.signal }, callbackErrors);
    await deadline.waitFor(() => 1);
    const all = [1, 2].map(() => rejection(deadline.waitFor(() => new Promise(() => undefined))));
    controller.abort();
    const codes = (await Promise.all(all)).map(({ code }) => code);
    expect(codes).toEqual(['ERR_SIGNER_ABORTED', 'ERR_SIGNER_ABORTED']);
    expect(listeners(controller.signal)).toBe(0);
  });
});

test('who waits at a signal no longer is not told', () => {
  const controller = new AbortController();
  const told: string[] = [];
  const forget = onAbort(controller.signal, () => told.push('first'));
  onAbort(controller.signal, () => told.push('second'));
  forget();
  controller.abort();
  expect(told).toEqual(['second']);
});

describe('an error of the user’s is not passed on', () => {
  const throwing = () => {
    throw new Error(secret);
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  test.each<[string, unknown]>([
    ['a name that throws', Object.defineProperty(new Error(secret), 'name', { get: throwing })],
    ['a name that is no text and throws', { name: { toString: throwing } }],
    ['a name that cannot be a text', { name: Object.create(null) as unknown }],
    ['a prototype that throws', new Proxy({}, { get: throwing, getPrototypeOf: throwing })],
    ['nothing left of it', proxy],
    [
      'a cause in an error of ours',
      Object.assign(new NexmoAuthError('ERR_SIGNER_FAILED', 'Mine.'), { cause: new Error(secret) }),
    ],
  ])('with %s', async (_name, thrown) => {
    const ask = () => {
      throw thrown;
    };
    const error = await rejection(new Deadline({}, callbackErrors).waitFor(ask), [secret]);
    expect(error).not.toBe(thrown);
    expect(error.code).toBe('ERR_SIGNER_FAILED');
    expect(error.message).toMatch(/^The signer failed( \(NexmoAuthError\))?\./);
  });
});
