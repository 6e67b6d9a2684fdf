import {
  constants,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { type WebhookRequest, WebhookVerifier } from '../../src';
import { held } from '../support/account';
import { rejection } from '../support/errors';
import { keyText } from '../support/keys';
import { claims, encode, secret, time, webhook } from '../support/webhooks';

type Key = string | Buffer | KeyObject;
type Signing = (input: string, key: Key) => Buffer;

const hmac =
  (hash: string): Signing =>
  (input, key) =>
    createHmac(hash, key).update(input).digest();

const publicKey = keyText('rsa-public');
const privateKey = createPrivateKey(keyText('rsa-pkcs8'));
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');

/** What a header may say, signed as it says where that takes a key of the attacker's own. */
const algorithms: Record<string, Signing> = {
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
  RS256: (input) => sign('sha256', Buffer.from(input), privateKey),
  PS256: (input) =>
    sign('sha256', Buffer.from(input), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
    }),
  ES256: (input) =>
    sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input) => sign(null, Buffer.from(input), ed.privateKey),
};

/** What an attacker may know, or guess. */
const keys: Record<string, Key> = {
  nothing: '',
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

function signed(alg: unknown, bySigning: Signing, key: Key): WebhookRequest {
  const input = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return webhook(`${input}.${bySigning(input, key).toString('base64url')}`);
}

// docs/threat-model.md#algorithm-confusion
describe.each(Object.entries(verifiers))('with %s', (_name, verifier) => {
  const outcomeOf = (request: WebhookRequest) =>
    verifier.verify(request).then(
      () => 'accepted',
      (error: unknown) => (error as { code: string }).code,
    );

  test('the platform’s own algorithm and secret are accepted', async () => {
    expect(await outcomeOf(signed('HS256', hmac('sha256'), secret))).toBe('accepted');
    const key = createSecretKey(secret, 'utf8');
    expect(await outcomeOf(signed('HS256', hmac('sha256'), key))).toBe('accepted');
  });

  test.each(Object.entries(keys))(
    'no token is accepted, by any algorithm, whose key is %s',
    async (_name, key) => {
      const outcomes = await Promise.all(
        Object.entries(algorithms).map(([alg, bySigning]) =>
          outcomeOf(signed(alg.split(',')[0], bySigning, key)),
        ),
      );
      expect(outcomes).toHaveLength(Object.keys(algorithms).length);
      for (const outcome of outcomes) {
        expect(outcome).toMatch(/^ERR_WEBHOOK_(ALGORITHM|SIGNATURE|MALFORMED)$/);
      }
    },
  );

  test('no token is accepted whose algorithm is another one, though the secret is right', async () => {
    for (const [alg, bySigning] of Object.entries(algorithms)) {
      if (alg === 'HS256') continue;
      expect(await outcomeOf(signed(alg.split(',')[0], bySigning, secret))).toMatch(
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
  ])('no token is accepted whose algorithm is %s', async (_name, alg) => {
    expect(await outcomeOf(signed(alg, hmac('sha256'), secret))).toBe('ERR_WEBHOOK_ALGORITHM');
  });

  test('a header that says HS256 for a signature by another hash is no help', async () => {
    for (const bySigning of Object.values(algorithms).slice(1)) {
      const request = signed('HS256', bySigning, secret);
      if (bySigning(' ', secret).equals(hmac('sha256')(' ', secret))) continue;
      expect(await outcomeOf(request)).toMatch(/^ERR_WEBHOOK_(SIGNATURE|MALFORMED)$/);
    }
  });
});

// docs/threat-model.md#timing
test('signatures of any length are refused alike', async () => {
  const verifier = new WebhookVerifier({ secrets: secret, now: () => time * 1000 });
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  const right = hmac('sha256')(input, secret);
  const others = [
    Buffer.alloc(1),
    Buffer.alloc(32),
    right.subarray(0, 31),
    Buffer.concat([right, right]),
  ];
  for (const signature of others) {
    const request = webhook(`${input}.${signature.toString('base64url')}`);
    expect((await rejection(verifier.verify(request), [secret])).code).toBe(
      'ERR_WEBHOOK_SIGNATURE',
    );
  }
});
