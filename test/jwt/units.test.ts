import { Credentials, decodeJwt, JwtGenerator, type JwtOptions, verifyJwt } from '../../src';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const credentials = new Credentials({ applicationId, privateKey: keyText('rsa-pkcs8') });
const time = 1_500_000_000;
const now = () => time * 1000;
const generator = new JwtGenerator(credentials, { now });
const refused = (options: unknown) => failure(() => generator.generate(options as JwtOptions));

describe('an error message names the option and the likely mistake:', () => {
  test.each<[string, unknown, string, string]>([
    [
      'exp in milliseconds',
      { exp: (time + 900) * 1000 },
      'ERR_LIFETIME_OUT_OF_BOUNDS',
      'exp seems to be in milliseconds',
    ],
    [
      'iat in milliseconds',
      { iat: time * 1000 },
      'ERR_CLAIM_INVALID',
      'iat seems to be in milliseconds',
    ],
    [
      'nbf in milliseconds',
      { nbf: time * 1000 },
      'ERR_CLAIM_INVALID',
      'nbf seems to be in milliseconds',
    ],
    [
      'iat and exp in milliseconds',
      { iat: time * 1000, exp: (time + 900) * 1000 },
      'ERR_CLAIM_INVALID',
      'iat seems to be in milliseconds',
    ],
    [
      'ttl in minutes',
      { ttl: 15 },
      'ERR_LIFETIME_OUT_OF_BOUNDS',
      'If you meant minutes, pass ttl: 900',
    ],
    [
      'ttl in milliseconds',
      { ttl: 900_000 },
      'ERR_LIFETIME_OUT_OF_BOUNDS',
      'If you meant milliseconds, pass ttl: 900',
    ],
    ['a ttl of 0', { ttl: 0 }, 'ERR_LIFETIME_OUT_OF_BOUNDS', 'ttl is in seconds.'],
    [
      'a time given as ttl',
      { ttl: time + 900 },
      'ERR_LIFETIME_OUT_OF_BOUNDS',
      'For a time, pass exp',
    ],
    ['a duration given as exp', { exp: 900 }, 'ERR_EXP_IN_PAST', 'For a duration, pass ttl: 900'],
    ['exp in the past', { exp: time - 100 }, 'ERR_EXP_IN_PAST', 'exp is 100 seconds in the past'],
    [
      'iat so early that ttl is over',
      { iat: time - 1000 },
      'ERR_EXP_IN_PAST',
      'exp (iat plus ttl) is 100 seconds in the past',
    ],
    [
      'an acl without paths',
      { acl: {} },
      'ERR_CLAIM_INVALID',
      'acl has no paths. Pass acl: { paths:',
    ],
    [
      'paths in acl itself',
      { acl: { '/*/users/**': {} } },
      'ERR_INVALID_OPTION',
      'in acl. Pass acl: { paths:',
    ],
  ])('%s', (_what, options, code, words) => {
    expect(refused(options)).toMatchObject({
      code,
      message: expect.stringContaining(words) as string,
    });
  });

  test('ttl in milliseconds in the defaults of a generator', () => {
    const make = () => new JwtGenerator(credentials, { ttl: 900_000 });
    expect(failure(make).message).toContain('pass ttl: 900');
  });

  test('a clock in seconds, for signing and verifying', () => {
    const inSeconds = new JwtGenerator(credentials, { now: () => time });
    const token = generator.generate();
    for (const run of [
      () => inSeconds.generate(),
      () => inSeconds.generate({ exp: time + 900 }),
      () => verifyJwt(token, keyText('rsa-public'), { now: () => time + 0.5 }),
    ]) {
      const { code, message } = failure(run);
      expect(code).toBe('ERR_INVALID_OPTION');
      expect(message).toMatch(/^now returned 1500000000(\.5)?, which seems to be in seconds\./);
    }
  });

  test('a clock that returns no number', () => {
    const broken = new JwtGenerator(credentials, { now: () => new Date() as never });
    expect(failure(() => broken.generate()).message).toContain('it returned an object');
  });

  test('but there is no error for Date.now on a machine whose clock says 1970', () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(time);
    const { claims } = decodeJwt(new JwtGenerator(credentials).generate());
    expect(claims['iat']).toBe(time / 1000);
    clock.mockRestore();
  });
});
