import {
  Credentials,
  type CredentialsOptions,
  signParams,
  type SignParamsOptions,
  verifyParams,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../src';
import { parsePrivateKey, type PrivateKeyInput } from '../src/credentials/private-key';
import { failure } from './support/errors';

const secret = 'hush-hush';
const throwingGetter = (name: string) =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get: () => {
      throw new Error(secret);
    },
  });
const throwingProxy = new Proxy(
  {},
  {
    ownKeys: () => {
      throw new Error(secret);
    },
  },
);

describe('the error of a getter or a proxy in options may hold a secret, so it is replaced', () => {
  test.each<[string, string, (options: object) => unknown]>([
    ['Credentials', 'apiSecret', (options) => new Credentials(options)],
    ['with()', 'apiSecret', (options) => new Credentials({}).with(options)],
    ['a private key', 'pem', (options) => parsePrivateKey(options as PrivateKeyInput)],
    [
      'WebhookVerifier',
      'secrets',
      (options) => new WebhookVerifier(options as WebhookVerifierOptions),
    ],
    ['signParams', 'secret', (options) => signParams({}, options as SignParamsOptions)],
    [
      'verifyParams',
      'secret',
      (options) => {
        verifyParams({}, options as SignParamsOptions);
      },
    ],
    ['the parameters of signParams', 'text', (params) => signParams(params, { secret })],
  ])('by %s', (_name, field, run) => {
    for (const options of [throwingGetter(field), throwingProxy]) {
      const { code, message } = failure(() => run(options), [secret]);
      expect(code).toMatch(/^ERR_(INVALID_OPTION|INVALID_PARAMETER|KEY_INVALID)$/);
      expect(message).toContain('a getter or a proxy in it throws');
    }
  });

  test('a getter is called once', () => {
    let count = 0;
    const options = Object.defineProperty({}, 'apiKey', {
      enumerable: true,
      get: () => {
        count += 1;
        return 'abcd1234';
      },
    });
    expect(new Credentials(options as CredentialsOptions).apiKey).toBe('abcd1234');
    expect(count).toBe(1);
  });
});
