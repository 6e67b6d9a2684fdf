import { runInNewContext } from 'node:vm';
import {
  AuthInjector,
  Credentials,
  type CredentialsOptions,
  signParams,
  type SignParamsOptions,
  verifyJwt,
  verifyParams,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../src';
import { parsePrivateKey, type PrivateKeyInput } from '../src/credentials/private-key';
import { failure, rejection } from './support/errors';
import { keyText } from './support/keys';

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

/** The same options in forms in which a field is inherited. */
const inherited = <Options extends object>(options: Options): [string, Options][] => [
  ['an object that inherits from the options', Object.create(options) as Options],
  [
    'an instance of a class with getters',
    new (class {
      static {
        for (const [name, value] of Object.entries(options)) {
          Object.defineProperty(this.prototype, name, { get: () => value as unknown });
        }
      }

      /** A method is no option. */
      describe(): string {
        return JSON.stringify(options);
      }
    })() as unknown as Options,
  ],
  [
    'an object of another realm that inherits',
    runInNewContext('Object.create(Object.assign({}, options))', { options }) as Options,
  ],
];

describe('an inherited option counts', () => {
  const time = 1_700_000_000;
  const now = () => (time + 200) * 1000;

  test.each(inherited({ secrets: secret, maxAge: 10, clockTolerance: 0, now }))(
    'for WebhookVerifier: %s',
    async (_what, options) => {
      const params = signParams(
        { text: 'A' },
        { secret, method: 'md5hash', now: () => time * 1000 },
      );
      const verifier = new WebhookVerifier(options);
      expect((await rejection(verifier.verifySmsParams(params))).code).toBe('ERR_WEBHOOK_TOO_OLD');
    },
  );

  test.each(inherited({ secret, tolerance: 10, now }))('for verifyParams: %s', (_what, options) => {
    const params = signParams({ text: 'A' }, { secret, now: () => time * 1000 });
    expect(
      failure(() => {
        verifyParams(params, options);
      }).code,
    ).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
    verifyParams(params, { secret, tolerance: 300, now });
  });

  test.each(inherited({ product: 'verify' }))('for inject: %s', async (_what, options) => {
    const auth = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret: 'Secret123' }));
    const sms = { url: 'https://rest.nexmo.com/sms/json' };
    expect((await rejection(auth.inject(sms, options))).code).toBe('ERR_HOST_NOT_ALLOWED');
  });

  test.each(inherited({ applicationId: undefined }))('for verifyJwt: %s', (_what, options) => {
    const verify = () => verifyJwt('a.b.c', keyText('rsa-public'), options);
    expect(failure(verify).code).toBe('ERR_INVALID_OPTION');
  });

  test.each(inherited({ secrets: secret, maxage: 10 } as WebhookVerifierOptions))(
    'so a mistyped one is refused: %s',
    (_what, options) => {
      const { code, message } = failure(() => new WebhookVerifier(options));
      expect(code).toBe('ERR_INVALID_OPTION');
      expect(message).toContain('maxage');
    },
  );
});
