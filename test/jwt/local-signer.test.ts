import crypto from 'node:crypto';
import { Credentials, JwtGenerator, type JwtOptions } from '../../src';
import { withSlot } from '../../src/jwt/local-signer';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ applicationId, privateKey });
const now = 1_500_000_000;
const clock = () => now * 1000;
const signer = (input: Uint8Array) => crypto.sign('sha256', input, privateKey);

describe('generateAsync', () => {
  test.each<[string, JwtOptions]>([
    ['the jti option alone', { jti: 'one' }],
    ['all kinds of claims', { jti: 'å €', sub: 'alice', nbf: now, acl: { paths: { '/**': {} } } }],
    ['custom claims', { jti: 'two', claims: { constructor: [1.5, null, { a: '😀' }] } }],
  ])('returns the same token as generate, with %s', async (_name, options) => {
    const generator = new JwtGenerator(credentials, { now: clock });
    const token = generator.generate(options);
    expect(await generator.generateAsync(options)).toBe(token);
    const keyless = new Credentials({ applicationId });
    const external = new JwtGenerator(keyless, { now: clock, signer });
    expect(await external.generateAsync(options)).toBe(token);
  });

  test('signs a new token at every call', async () => {
    const generator = new JwtGenerator(credentials);
    expect(await generator.generateAsync()).not.toBe(await generator.generateAsync());
  });

  test('rejects with the error that generate throws', async () => {
    const generator = new JwtGenerator(credentials, { now: clock });
    for (const options of [{ ttl: 5 }, { exp: now }, { unknown: 1 }, null]) {
      const { code } = failure(() => generator.generate(options as JwtOptions));
      expect((await rejection(generator.generateAsync(options as JwtOptions))).code).toBe(code);
    }
  });

  test('does not sign on the event loop', async () => {
    const createSign = jest.spyOn(crypto, 'createSign');
    const generator = new JwtGenerator(credentials);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1));
    await Promise.all(Array.from({ length: 400 }, () => generator.generateAsync()));
    clearInterval(timer);
    expect(createSign).not.toHaveBeenCalled();
    expect(ticks).toBeGreaterThan(2);
    expect(await generator.generateAsync()).toMatch(/^eyJ/);
    createSign.mockRestore();
  });
});

test('12 jobs run at a time, and the others start in the order of the calls', async () => {
  const started: number[] = [];
  const finish: (() => void)[] = [];
  const jobs = Array.from({ length: 40 }, (_, index) =>
    withSlot(() => {
      started.push(index);
      return new Promise<void>((resolve) => finish.push(resolve));
    }),
  );
  for (let done = 0; done < jobs.length; done += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(started).toEqual(Array.from({ length: Math.min(12 + done, 40) }, (_, index) => index));
    finish[done]?.();
  }
  await Promise.all(jobs);
});

test('a job that fails frees its slot', async () => {
  const fail = () => Promise.reject(new Error('failed'));
  const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => withSlot(fail)));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(await withSlot(() => Promise.resolve('done'))).toBe('done');
});

test('a key whose numbers do not belong together cannot sign, and the error says so', async () => {
  const jwk = crypto.createPrivateKey(privateKey).export({ format: 'jwk' });
  const broken = crypto.createPrivateKey({ key: { ...jwk, p: 'AA', q: 'AA' }, format: 'jwk' });
  const generator = new JwtGenerator(new Credentials({ applicationId, privateKey: broken }));
  const errors = [failure(() => generator.generate()), await rejection(generator.generateAsync())];
  for (const { code, message } of errors) {
    expect(code).toBe('ERR_KEY_INVALID');
    expect(message).toContain('do not belong together');
  }
});
