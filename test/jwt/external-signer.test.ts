import crypto, { createPublicKey, createSign, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { Credentials, JwtGenerator, type JwtOptions, type SignerOptions } from '../../src';
import { applicationId } from '../support/account';
import { failure, rejection } from '../support/errors';
import { keyText } from '../support/keys';

const privateKey = keyText('rsa-pkcs8');
const publicKey = keyText('rsa-public');
const now = 1_500_000_000;
const clock = () => now * 1000;
const held = new Credentials({ applicationId, privateKey });
const holdsNoKey = new Credentials({ applicationId });

/** What a KMS does: it is given the signing input, and gives the bytes of a signature. */
const kms = (input: Uint8Array): Uint8Array => createSign('sha256').update(input).sign(privateKey);
const withSigner = (signer: unknown, credentials = holdsNoKey) =>
  new JwtGenerator(credentials, { now: clock, signer: signer as SignerOptions });

describe('generateAsync', () => {
  test.each<[string, JwtOptions]>([
    ['nothing further', { jti: 'one' }],
    ['all kinds of claims', { jti: 'å €', sub: 'alice', nbf: now, acl: { paths: { '/**': {} } } }],
    ['claims of one’s own', { jti: 'two', claims: { constructor: [1.5, null, { a: '😀' }] } }],
  ])('makes the same token as generate, to the byte, with %s', async (_name, options) => {
    const generator = new JwtGenerator(held, { now: clock });
    const token = generator.generate(options);
    expect(await generator.generateAsync(options)).toBe(token);
    expect(await withSigner(kms).generateAsync(options)).toBe(token);
  });

  test('is a new token at every call', async () => {
    const generator = new JwtGenerator(held);
    expect(await generator.generateAsync()).not.toBe(await generator.generateAsync());
  });

  test('rejects with what generate throws', async () => {
    const generator = new JwtGenerator(held, { now: clock });
    for (const options of [{ ttl: 5 }, { exp: now }, { unknown: 1 }, null]) {
      const { code } = failure(() => generator.generate(options as JwtOptions));
      expect((await rejection(generator.generateAsync(options as JwtOptions))).code).toBe(code);
    }
  });

  test('does not sign on the event loop', async () => {
    const signNow = jest.spyOn(crypto, 'createSign');
    const generator = new JwtGenerator(held);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1));
    await Promise.all(Array.from({ length: 400 }, () => generator.generateAsync()));
    clearInterval(timer);
    expect(signNow).not.toHaveBeenCalled();
    expect(ticks).toBeGreaterThan(2);
    expect(await generator.generateAsync()).toMatch(/^eyJ/);
    signNow.mockRestore();
  });
});

describe('an external signer', () => {
  test('needs no private key in the credentials, and an outside library accepts its tokens', async () => {
    const token = await withSigner({ sign: kms, publicKey }).token();
    const key = createPublicKey(publicKey);
    const { payload } = await jwtVerify(token, key, { currentDate: new Date(clock()) });
    expect(payload).toMatchObject({ application_id: applicationId, iat: now, exp: now + 900 });
  });

  test('signs even where the credentials hold a private key', async () => {
    const sign = jest.fn((input: Uint8Array) => kms(input));
    await withSigner(sign, held).generateAsync();
    expect(sign).toHaveBeenCalledTimes(1);
  });

  test('cannot sign at once, and that is said', () => {
    const error = failure(() => withSigner(kms).generate());
    expect(error.code).toBe('ERR_SIGNER_NEEDS_ASYNC');
    expect(error.message).toContain('generateAsync');
  });

  test('needs an application ID', () => {
    const error = failure(() => withSigner(kms, new Credentials({ privateKey })));
    expect(error).toMatchObject({ code: 'ERR_MISSING_CREDENTIAL' });
    expect(error.message).toBe('A JWT needs applicationId in the credentials.');
  });

  test.each<[string, (input: Uint8Array) => unknown]>([
    ['nothing', () => undefined],
    ['text', (input) => Buffer.from(kms(input)).toString('base64')],
    ['too few bytes', (input) => kms(input).subarray(1)],
    ['a signature of other bytes', () => kms(Buffer.from('other'))],
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
  ])('that gives %s is found out before the token is used', async (_name, sign) => {
    const error = await rejection(withSigner({ sign, publicKey }).token());
    expect(error.code).toBe('ERR_SIGNER_SIGNATURE');
  });

  test.each([
    [255, false],
    [256, true],
    [2048, true],
    [2049, false],
  ])('without publicKey, an answer of %i bytes may be a signature: %p', async (length, may) => {
    const token = withSigner(() => new Uint8Array(length)).token();
    const outcome = may ? await token : (await rejection(token)).code;
    expect(outcome).toMatch(may ? /^eyJ/ : /^ERR_SIGNER_SIGNATURE$/);
  });

  test('is given memory that holds nothing else (Buffer’s is shared by the process)', async () => {
    let given: Uint8Array = new Uint8Array();
    const sign = (input: Uint8Array) => kms((given = input));
    const token = await withSigner(sign).token();
    expect(Buffer.from(given.buffer).toString()).toBe(token.split('.').slice(0, 2).join('.'));
  });

  test('that is a method is called on the object that it is of, a function on nothing', async () => {
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

  test('that is changed afterwards signs as before', async () => {
    const signer = { sign: kms, publicKey: Buffer.from(publicKey) };
    const generator = withSigner(signer);
    signer.sign = () => new Uint8Array(256);
    signer.publicKey.fill(0);
    expect(await generator.token()).toMatch(/^eyJ/);
  });

  test('that fails is named, and what it says is not', async () => {
    const sign = () => Promise.reject(new TypeError('hush-hush'));
    const error = await rejection(withSigner(sign).token(), ['hush-hush']);
    expect(error.code).toBe('ERR_SIGNER_FAILED');
    expect(error.message).toMatch(/^The signer failed \(TypeError\)\./);
  });

  describe('that is silent', () => {
    afterEach(() => jest.useRealTimers());

    test.each([
      [undefined, 10],
      [3, 3],
    ])('is given up after a deadline of %p: %i seconds', async (deadline, seconds) => {
      jest.useFakeTimers();
      let asked: AbortSignal | undefined;
      const sign = (_input: Uint8Array, { signal }: { signal: AbortSignal }) => {
        asked = signal;
        return new Promise(() => undefined);
      };
      const outcome = rejection(withSigner({ sign, deadline }).token());
      await jest.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect(asked?.aborted).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect((await outcome).code).toBe('ERR_SIGNER_TIMEOUT');
      expect(asked?.aborted).toBe(true);
    });

    test('is given up with the abort signal', async () => {
      const signal = AbortSignal.abort();
      const error = await rejection(withSigner({ sign: kms, signal }).token());
      expect(error.code).toBe('ERR_SIGNER_ABORTED');
    });
  });

  test.each<[string, unknown, string]>([
    ['null', null, 'ERR_INVALID_OPTION'],
    ['a text', 'arn:aws:kms', 'ERR_INVALID_OPTION'],
    ['an object without sign', { publicKey }, 'ERR_INVALID_OPTION'],
    ['an unknown option', { sign: kms, timeout: 5 }, 'ERR_INVALID_OPTION'],
    ['a deadline of no time', { sign: kms, deadline: 0 }, 'ERR_INVALID_OPTION'],
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
    ['a public key that is none', { sign: kms, publicKey: 'abc' }, 'ERR_KEY_INVALID'],
    ['a public key of another kind', { sign: kms, publicKey: keyText('ec') }, 'ERR_KEY_NOT_RSA'],
  ])('of %s is refused', (_name, signer, code) => {
    expect(failure(() => withSigner(signer)).code).toBe(code);
  });

  test('may be given its public key as KeyObject', async () => {
    const key: KeyObject = createPublicKey(publicKey);
    expect(await withSigner({ sign: kms, publicKey: key }).token()).toMatch(/^eyJ/);
  });
});
