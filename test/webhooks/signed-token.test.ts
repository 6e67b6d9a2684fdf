// The algorithms and keys of src/webhooks/signed-token.ts. verifier.test.ts tests the form and claims of a token.
import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign as signAsymmetric,
} from 'node:crypto';
import { type WebhookRequest, WebhookVerifier } from '../../src';
import { held } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { claims, encode, secret, time, webhook } from '../support/webhooks';

type Key = string | Buffer | KeyObject;
type SignFunction = (input: string, key: Key) => Buffer;

const hmac =
  (hash: string): SignFunction =>
  (input, key) =>
    createHmac(hash, key).update(input).digest();

const publicKey = keyText('rsa-public');
const privateKey = createPrivateKey(keyText('rsa-pkcs8'));
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

/** Values of `alg`, and how each signs. An asymmetric algorithm signs with a key of the attacker. */
const algorithms: Record<string, SignFunction> = {
  HS256: hmac('sha256'),
  HS384: hmac('sha384'),
  HS512: hmac('sha512'),
  HS1: hmac('sha1'),
  hs256: hmac('sha256'),
  'HS256 ': hmac('sha256'),
  'HS256\0': hmac('sha256'),
  none: () => Buffer.alloc(0),
  None: () => Buffer.alloc(0),
  'none, with a signature': () => Buffer.from('signature'),
  '': hmac('sha256'),
  RS256: (input) => signAsymmetric('sha256', Buffer.from(input), privateKey),
  PS256: (input) =>
    signAsymmetric('sha256', Buffer.from(input), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
    }),
  ES256: (input) =>
    signAsymmetric('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input) => signAsymmetric(null, Buffer.from(input), ed.privateKey),
};

/** Keys that an attacker may know or guess. */
const keys: Record<string, Key> = {
  'the empty string': '',
  'the API key': held.apiKey,
  'the API secret': held.apiSecret,
  'the public key as PEM': publicKey,
  'the public key as DER': createPublicKey(publicKey).export({ type: 'spki', format: 'der' }),
  'the secret in capitals': secret.toUpperCase(),
  'the secret and a line break': `${secret}\n`,
  'the secret in base64': Buffer.from(secret).toString('base64'),
  'a digest of the secret': createHash('sha256').update(secret).digest(),
  undefined: 'undefined',
  null: 'null',
  '[object Object]': '[object Object]',
};

const verifiers: Record<string, WebhookVerifier> = {
  'a secret': new WebhookVerifier({ secrets: secret, now: () => time * 1000 }),
  'a list': new WebhookVerifier({ secrets: ['another-secret', secret], now: () => time * 1000 }),
  'a look-up': new WebhookVerifier({ secrets: () => secret, now: () => time * 1000 }),
};

function signed(alg: unknown, sign: SignFunction, key: Key): WebhookRequest {
  const input = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return webhook(`${input}.${sign(input, key).toString('base64url')}`);
}

// docs/threat-model.md#algorithm-confusion
describe.each(Object.entries(verifiers))('with %s', (_name, verifier) => {
  const outcomeOf = (request: WebhookRequest) =>
    verifier.verify(request).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );

  test('a token signed with HS256 and the secret is accepted', async () => {
    expect(await outcomeOf(signed('HS256', hmac('sha256'), secret))).toBe('accepted');
    const key = createSecretKey(secret, 'utf8');
    expect(await outcomeOf(signed('HS256', hmac('sha256'), key))).toBe('accepted');
  });

  test.each(Object.entries(keys))(
    'a token whose key is %s is refused, whatever its algorithm',
    async (_name, key) => {
      const outcomes = await Promise.all(
        Object.entries(algorithms).map(([alg, sign]) =>
          outcomeOf(signed(alg.split(',')[0], sign, key)),
        ),
      );
      expect(outcomes).toHaveLength(Object.keys(algorithms).length);
      for (const outcome of outcomes) {
        expect(outcome).toMatch(/^ERR_WEBHOOK_(ALGORITHM|SIGNATURE|MALFORMED)$/);
      }
    },
  );

  test('a token with another algorithm is refused, although the secret is right', async () => {
    for (const [alg, sign] of Object.entries(algorithms)) {
      if (alg === 'HS256') continue;
      expect(await outcomeOf(signed(alg.split(',')[0], sign, secret))).toMatch(
        /^ERR_WEBHOOK_(ALGORITHM|MALFORMED)$/,
      );
    }
  });

  test.each<[string, unknown]>([
    ['a list', ['HS256']],
    ['an object', { toString: 'HS256' }],
    ['null', null],
    ['true', true],
    ['missing', undefined],
  ])('a token whose algorithm is %s is refused', async (_name, alg) => {
    expect(await outcomeOf(signed(alg, hmac('sha256'), secret))).toBe('ERR_WEBHOOK_ALGORITHM');
  });

  test('a signature by another hash under the header HS256 is refused', async () => {
    for (const sign of Object.values(algorithms).slice(1)) {
      const request = signed('HS256', sign, secret);
      if (sign(' ', secret).equals(hmac('sha256')(' ', secret))) continue;
      expect(await outcomeOf(request)).toMatch(/^ERR_WEBHOOK_(SIGNATURE|MALFORMED)$/);
    }
  });
});

// docs/threat-model.md#timing
test('wrong signatures of any length are refused with the same code', async () => {
  const verifier = new WebhookVerifier({ secrets: secret, now: () => time * 1000 });
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const validSignature = hmac('sha256')(input, secret);
  const wrongSignatures = [
    Buffer.alloc(1),
    Buffer.alloc(32),
    validSignature.subarray(0, 31),
    Buffer.concat([validSignature, validSignature]),
  ];
  for (const signature of wrongSignatures) {
    const request = webhook(`${input}.${signature.toString('base64url')}`);
    expect((await rejection(verifier.verify(request), [secret])).code).toBe(
      'ERR_WEBHOOK_SIGNATURE',
    );
  }
});
