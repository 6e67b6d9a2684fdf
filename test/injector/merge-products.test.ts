import { attachAuth, AuthInjector, Credentials } from '../../src';
import axios from 'axios';
import { startSandbox } from '../../src/testing';
import { failure, rejection } from '../support/errors';

const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
const auth = new AuthInjector(credentials);
const url = 'https://rest.nexmo.com/sms/json';

describe('a product name that does not exist', () => {
  test.each([
    ['smss', 'sms'],
    ['SMS', 'sms'],
    ['verfiy', 'verify'],
    ['number_insight', 'number-insight'],
    ['Number Insight', 'number-insight'],
    ['voize', 'voice'],
    ['conversation', 'conversations'],
  ])('such as "%s" is answered with a suggestion and the list of products', async (name, meant) => {
    const { code, message } = await rejection(auth.inject({ url }, name));
    expect(code).toBe('ERR_UNKNOWN_PRODUCT');
    expect(message).toContain(`There is no product "${name}". Did you mean "${meant}"?`);
    expect(message).toContain('number-insight-v2');
  });

  test.each(['fax', '', 'x'.repeat(31)])(
    'and is not similar to any known name is answered without a suggestion: "%s"',
    async (name) => {
      const { message } = await rejection(auth.inject({ url }, name));
      expect(message).not.toContain('Did you mean');
      expect(message).toContain('Known names: sms, verify,');
    },
  );

  test('is not quoted if it may be something else than a name', async () => {
    const text = 'https://me:secret@acme.test/';
    const { message } = await rejection(auth.inject({ url }, text), [text]);
    expect(message).toContain('There is no such product.');
    const http = axios.create();
    attachAuth(http, auth, { product: 42 as never });
    expect((await rejection(http.get(url))).message).toContain('There is no such product.');
  });

  test('is also refused in schemes, in attachAuth and in the sandbox', async () => {
    const schemes = { smss: 'basic' } as const;
    const make = () => new AuthInjector(credentials, { schemes });
    expect(failure(make).message).toContain('Did you mean "sms"?');
    const http = axios.create();
    attachAuth(http, auth, { product: 'smss' });
    expect((await rejection(http.get(url))).message).toContain('Did you mean "sms"?');
    const sandbox = await startSandbox();
    expect(failure(() => sandbox.url('smss')).message).toContain('Did you mean "sms"?');
    await sandbox.close();
  });
});

describe('inject and attempt take the options of attachAuth', () => {
  test('with a product, without one, and with one that is undefined', async () => {
    for (const options of [{ product: 'sms' }, {}, { product: undefined }]) {
      expect((await auth.inject({ url }, options)).params).toHaveProperty('api_secret');
      expect((await auth.attempt({ url }, options)).product).toBe('sms');
    }
  });

  test('with a product, which refuses the URL of another product', async () => {
    const { code } = await rejection(auth.inject({ url }, { product: 'verify' }));
    expect(code).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test.each<[string, unknown, RegExp]>([
    ['an unknown field', { products: 'sms' }, /"products" in the second argument.*\{ product \}/],
    [
      'a product that is no text',
      { product: 42 },
      /product must be the name of a product, not a number/,
    ],
    ['a number', 42, /\{ product \}, must be an object of named fields, not a number/],
    ['null', null, /not null/],
    ['a list', ['sms'], /not an array/],
  ])('and refuse %s', async (_what, options, message) => {
    for (const asked of [
      auth.inject({ url }, options as string),
      auth.attempt({ url }, options as string),
    ]) {
      const error = await rejection(asked);
      expect(error.code).toBe('ERR_INVALID_OPTION');
      expect(error.message).toMatch(message);
    }
  });
});
