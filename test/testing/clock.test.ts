import { type SandboxOptions, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, options, time } from './client';
import { dashboardPlaces } from './endpoint-paths';
import { sendRaw } from './raw-client';
import { refuseUnhandledRejections } from './unhandled-rejections';

refuseUnhandledRejections();
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];

describe('the clock', () => {
  test.each([null, 5, 'now', {}, new Date()])('cannot be %j', async (now) => {
    await expect(startSandbox({ now } as unknown as SandboxOptions)).rejects.toMatchObject({
      name: 'NexmoAuthError',
      code: 'ERR_INVALID_OPTION',
    });
  });

  const garbage = 'NexmoAuthError: now must be a function that returns milliseconds';
  class Nameless extends Error {
    override get name(): string {
      throw new Error('There is no name.');
    }
  }
  const fail = (reason: unknown) => () => {
    throw reason;
  };

  test.each<[string, () => unknown, string]>([
    ['NaN', () => NaN, garbage],
    ['Infinity', () => Infinity, garbage],
    ['a time that no Date holds', () => 8.64e15 + 1, garbage],
    ['a Date', () => new Date(), garbage],
    ['a text', () => '1500000000000', garbage],
    ['a bigint', () => 1_500_000_000_000n, garbage],
    ['nothing', () => undefined, garbage],
    ['a symbol', () => Symbol('now'), garbage],
    ['a promise', () => Promise.resolve(0), garbage],
    ['a promise that fails', () => Promise.reject(new Error('later')), garbage],
    ['an error', fail(new TypeError('no clock')), 'TypeError: no clock'],
    ['a text that is thrown', fail('no clock'), 'a string was thrown'],
    ['null that is thrown', fail(null), 'null was thrown'],
    ['an error without a name', fail(new Nameless()), 'an error that cannot be described'],
  ])('that gives %s is a 500 that names the fault', async (_name, now, detail) => {
    const other = await startSandbox({ ...options, now } as SandboxOptions);
    for (const place of ['rest.nexmo.com/sms/xml', 'api.nexmo.com/nothing', ...dashboardPlaces]) {
      const { status, text } = await sendRaw(other, { place, headers: withBasic });
      expect(status).toBe(500);
      expect(JSON.parse(text)).toEqual({
        type: 'SANDBOX_FAULT',
        title: 'The sandbox itself failed',
        detail: expect.stringContaining(detail) as string,
      });
      expect(other.requests.at(-1)).toMatchObject({
        status: 500,
        product: place.endsWith('xml') ? 'sms' : undefined,
        refusal: expect.stringContaining(`the sandbox itself failed: ${detail}`) as string,
      });
    }
    await other.close();
  });

  test('that fails once is a 500 once', async () => {
    let calls = 0;
    const now = () => (calls++ === 0 ? NaN : time * 1000);
    const other = await startSandbox({ ...options, now });
    const request = { place: 'rest.nexmo.com/sms/json', headers: withBasic };
    expect(await sendRaw(other, request)).toMatchObject({ status: 500 });
    expect(await sendRaw(other, request)).toMatchObject({ status: 200 });
    expect(other.requests.map(({ status }) => status)).toEqual([500, 200]);
    await other.close();
  });
});
