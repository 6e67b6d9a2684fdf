import crypto, { createPublicKey, createSign, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { Credentials, JwtGenerator, type SignerOptions } from '../../src';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const now = 1_500_000_000;
const clock = () => now * 1000;
const credentialsWithKey = new Credentials({ applicationId, privateKey });
const keyless = new Credentials({ applicationId });

/** Stands for a key management service (KMS). */
const kms = (input: Uint8Array): Uint8Array => createSign('sha256').update(input).sign(privateKey);
const withSigner = (signer: unknown, credentials = keyless) =>
  new JwtGenerator(credentials, { now: clock, signer: signer as SignerOptions });

describe('an external signer', () => {
  test('needs no private key in the credentials, and jose accepts its tokens', async () => {
    const token = await withSigner({ sign: kms, publicKey }).token();
    const key = createPublicKey(publicKey);
    const { payload } = await jwtVerify(token, key, { currentDate: new Date(clock()) });
    expect(payload).toMatchObject({ application_id: applicationId, iat: now, exp: now + 900 });
  });

  test('signs even if the credentials hold a private key', async () => {
    const sign = jest.fn((input: Uint8Array) => kms(input));
    await withSigner(sign, credentialsWithKey).generateAsync();
    expect(sign).toHaveBeenCalledTimes(1);
  });

  test('cannot sign synchronously, and the error says so', () => {
    const error = failure(() => withSigner(kms).generate());
    expect(error.code).toBe('ERR_SIGNER_NEEDS_ASYNC');
    expect(error.message).toContain('generateAsync');
  });

  test('signs once more if the clock is set back meanwhile, and then refuses', async () => {
    const signedWhile = (...clocks: number[]) => {
      let seconds = now;
      const sign = (input: Uint8Array) => {
        seconds = clocks.shift() ?? seconds;
        return kms(input);
      };
      const options = { now: () => seconds * 1000, signer: { sign }, cache: false };
      return new JwtGenerator(keyless, options).issue();
    };
    expect(await signedWhile(now - 3600)).toMatchObject({ iat: now - 3600 });
    const error = await rejection(signedWhile(now - 3600, now - 7200));
    expect(error.code).toBe('ERR_INVALID_OPTION');
    expect(error.message).toMatch(/^The clock was set back twice while the token was being signed/);
  });

  test('needs an application ID', () => {
    const error = failure(() => withSigner(kms, new Credentials({ privateKey })));
    expect(error).toMatchObject({ code: 'ERR_MISSING_CREDENTIAL' });
    expect(error.message).toBe('A JWT needs applicationId in the credentials.');
  });

  test.each<[string, (input: Uint8Array) => unknown]>([
    ['nothing', () => undefined],
    ['a string', (input) => Buffer.from(kms(input)).toString('base64')],
    ['too few bytes', (input) => kms(input).subarray(1)],
    ['a signature of other input', () => kms(Buffer.from('other'))],
    [
      'a signature by another key',
      (input) => createSign('sha256').update(input).sign(keyText('rsa-other')),
    ],
    [
      'a PSS signature',
      (input) =>
        crypto.sign('sha256', input, {
          key: privateKey,
          padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
        }),
    ],
    ['a SHA-512 signature', (input) => createSign('sha512').update(input).sign(privateKey)],
  ])('that returns %s causes an error, and no token is returned', async (_name, sign) => {
    const error = await rejection(withSigner({ sign, publicKey }).token());
    expect(error.code).toBe('ERR_SIGNER_SIGNATURE');
  });

  test.each([
    [255, false],
    [256, true],
    [1024, true],
    [1025, false],
  ])('without publicKey may return %i bytes: %p', async (length, may) => {
    const token = withSigner(() => new Uint8Array(length)).token();
    const outcome = may ? await token : (await rejection(token)).code;
    expect(outcome).toMatch(may ? /^eyJ/ : /^ERR_SIGNER_SIGNATURE$/);
  });

  test('gets its input in memory of its own (small Buffers share theirs)', async () => {
    let received: Uint8Array = new Uint8Array();
    const sign = (input: Uint8Array) => kms((received = input));
    const token = await withSigner(sign).token();
    expect(Buffer.from(received.buffer).toString()).toBe(token.split('.').slice(0, 2).join('.'));
  });

  test('that is a method keeps its this, and a function has none', async () => {
    const called: unknown[] = [];
    function sign(this: unknown, input: Uint8Array) {
      called.push(this);
      return kms(input);
    }
    const signer = { sign };
    await withSigner(signer).token();
    await withSigner(sign).token();
    expect(called).toEqual([signer, undefined]);
    expect(called[0]).toBe(signer);
  });

  test('is not affected by later changes to its options', async () => {
    const signer = { sign: kms, publicKey: Buffer.from(publicKey) };
    const generator = withSigner(signer);
    signer.sign = () => new Uint8Array(256);
    signer.publicKey.fill(0);
    expect(await generator.token()).toMatch(/^eyJ/);
  });

  test('that fails causes an error that names the class of the cause, but does not quote it', async () => {
    const sign = () => Promise.reject(new TypeError('hush-hush'));
    const error = await rejection(withSigner(sign).token(), ['hush-hush']);
    expect(error.code).toBe('ERR_SIGNER_FAILED');
    expect(error.message).toMatch(/^The signer failed \(TypeError\)\./);
  });

  describe('that does not answer', () => {
    afterEach(() => jest.useRealTimers());

    test.each([
      [undefined, 10],
      [3, 3],
    ])('with the deadline %p times out after %i seconds', async (deadline, seconds) => {
      jest.useFakeTimers();
      let signerSignal: AbortSignal | undefined;
      const sign = (_input: Uint8Array, { signal }: { signal: AbortSignal }) => {
        signerSignal = signal;
        return new Promise(() => undefined);
      };
      const outcome = rejection(withSigner({ sign, deadline }).token());
      await jest.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect(signerSignal?.aborted).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect((await outcome).code).toBe('ERR_SIGNER_TIMEOUT');
      expect(signerSignal?.aborted).toBe(true);
    });

    test('is aborted by the option signal', async () => {
      const signal = AbortSignal.abort();
      const error = await rejection(withSigner({ sign: kms, signal }).token());
      expect(error.code).toBe('ERR_SIGNER_ABORTED');
    });
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'ERR_INVALID_OPTION'],
    ['a string', 'arn:aws:kms', 'ERR_INVALID_OPTION'],
    ['an object without sign', { publicKey }, 'ERR_INVALID_OPTION'],
    ['an unknown option', { sign: kms, timeout: 5 }, 'ERR_INVALID_OPTION'],
    ['a deadline of 0', { sign: kms, deadline: 0 }, 'ERR_INVALID_OPTION'],
    [
      'a getter that throws',
      {
        sign: kms,
        get deadline() {
          throw new Error('x');
        },
      },
      'ERR_INVALID_OPTION',
    ],
    ['an invalid public key', { sign: kms, publicKey: 'abc' }, 'ERR_KEY_INVALID'],
    ['a public key that is not RSA', { sign: kms, publicKey: keyText('ec') }, 'ERR_KEY_NOT_RSA'],
  ])('of %s is refused', (_name, signer, code) => {
    expect(failure(() => withSigner(signer)).code).toBe(code);
  });

  test('may have a KeyObject as public key', async () => {
    const key: KeyObject = createPublicKey(publicKey);
    expect(await withSigner({ sign: kms, publicKey: key }).token()).toMatch(/^eyJ/);
  });
});
