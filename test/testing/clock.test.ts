import { type SandboxOptions, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, options, time } from './client';
import { dashboardPaths } from './endpoint-paths';
import { sendRaw } from './raw-client';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';

failOnUnhandledRejections();
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];

describe('a clock', () => {
  test.each([null, 5, 'now', {}, new Date()])('must not be %j', async (now) => {
    await expect(startSandbox({ now } as unknown as SandboxOptions)).rejects.toMatchObject({
      name: 'NexmoAuthError',
      code: 'ERR_INVALID_OPTION',
    });
  });

  const invalidClock = 'NexmoAuthError: now must be a function that returns milliseconds';
  class Nameless extends Error {
    override get name(): string {
      throw new Error('There is no name.');
    }
  }
  const fail = (reason: unknown) => () => {
    throw reason;
  };

  test.each<[string, () => unknown, string]>([
    ['NaN', () => NaN, invalidClock],
    ['Infinity', () => Infinity, invalidClock],
    ['a time that no Date holds', () => 8.64e15 + 1, invalidClock],
    ['a Date', () => new Date(), invalidClock],
    ['a string', () => '1500000000000', invalidClock],
    ['a bigint', () => 1_500_000_000_000n, invalidClock],
    ['undefined', () => undefined, invalidClock],
    ['a symbol', () => Symbol('now'), invalidClock],
    ['a promise', () => Promise.resolve(0), invalidClock],
    ['a promise that fails', () => Promise.reject(new Error('later')), invalidClock],
    ['an error that is thrown', fail(new TypeError('no clock')), 'TypeError: no clock'],
    ['a string that is thrown', fail('no clock'), 'a string was thrown'],
    ['null that is thrown', fail(null), 'null was thrown'],
    [
      'an error without a name that is thrown',
      fail(new Nameless()),
      'an error that cannot be described',
    ],
  ])('whose result is %s causes a 500 that names the fault', async (_name, now, detail) => {
    const other = await startSandbox({ ...options, now } as SandboxOptions);
    for (const path of ['rest.nexmo.com/sms/xml', 'api.nexmo.com/nothing', ...dashboardPaths]) {
      const { status, text } = await sendRaw(other, { path, headers: withBasic });
      expect(status).toBe(500);
      expect(JSON.parse(text)).toEqual({
        type: 'SANDBOX_FAULT',
        title: 'The sandbox itself failed',
        detail: expect.stringContaining(detail) as string,
      });
      expect(other.requests.at(-1)).toMatchObject({
        status: 500,
        product: path.endsWith('xml') ? 'sms' : undefined,
        refusal: expect.stringContaining(`the sandbox itself failed: ${detail}`) as string,
      });
    }
    await other.close();
  });

  test('that fails once causes one 500', async () => {
    let calls = 0;
    const now = () => (calls++ === 0 ? NaN : time * 1000);
    const other = await startSandbox({ ...options, now });
    const request = { path: 'rest.nexmo.com/sms/json', headers: withBasic };
    expect(await sendRaw(other, request)).toMatchObject({ status: 500 });
    expect(await sendRaw(other, request)).toMatchObject({ status: 200 });
    expect(other.requests.map(({ status }) => status)).toEqual([500, 200]);
    await other.close();
  });
});
