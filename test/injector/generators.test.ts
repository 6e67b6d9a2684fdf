import { createPrivateKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AuthInjector, type AuthInjectorOptions, Credentials, decodeJwt } from '../../src';
import { Generators } from '../../src/injector/generators';
import { applicationId, held } from '../support/account';
import { keyText } from '../support/keys';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const privateKey = keyText('rsa-pkcs8');
const another = 'bbbbbbbb-bbbb-cccc-dddd-0123456789ab';
const now = () => 1_500_000_000_000;
const voice = 'https://api.nexmo.com/v1/calls';

async function tokenOf(auth: AuthInjector): Promise<string> {
  return String((await auth.inject({ url: voice })).headers['Authorization']).slice(7);
}

/** The tokens of several requests. A provider is asked before each request. */
async function tokensOf(
  provided: readonly (() => Credentials)[],
  options: AuthInjectorOptions = {},
): Promise<string[]> {
  const rest = [...provided];
  const provider = () => (rest.shift() as () => Credentials)();
  const auth = new AuthInjector(provider, { now, provider: { maxAge: 0 }, ...options });
  const tokens = [];
  while (rest.length > 0) tokens.push(await tokenOf(auth));
  return tokens;
}

const key = createPrivateKey(privateKey);
const signer = (input: Uint8Array) => createSign('sha256').update(input).sign(key);

test.each<[string, AuthInjectorOptions]>([
  ['key', {}],
  ['signer', { signer }],
])(
  // docs/threat-model.md#tokens-of-another-tenant
  'applications that share one %s each get tokens of their own',
  async (_of, options) => {
    const ids = [applicationId, another, applicationId, another];
    const provided = ids.map((id) => () => new Credentials({ applicationId: id, privateKey: key }));
    const tokens = await tokensOf(provided, options);
    expect(tokens.map((token) => decodeJwt(token).claims['application_id'])).toEqual(ids);
    expect(new Set(tokens).size).toBe(2);
  },
);

test('each private key of an application gets tokens of its own', async () => {
  const provided = ['rsa-pkcs8', 'rsa-other'].map(
    (name) => () => new Credentials({ applicationId, privateKey: keyText(name) }),
  );
  expect(new Set(await tokensOf([...provided, ...provided])).size).toBe(2);
});

test('tokens are reused for a provider that parses its key at every call', async () => {
  const secrets = ['one', 'two', 'three'];
  const provided = secrets.map(
    (apiSecret) => () => new Credentials({ ...held, apiSecret, applicationId, privateKey }),
  );
  expect(new Set(await tokensOf(provided)).size).toBe(1);
});

test('a private key that has only the public numbers of another key gets no token of that key', () => {
  const generators = new Generators({});
  const { n, e } = key.export({ format: 'jwk' });
  const other = createPrivateKey(keyText('rsa-other')).export({ format: 'jwk' });
  const forged = createPrivateKey({ key: { ...other, n: String(n), e: String(e) }, format: 'jwk' });
  const of = (keyOfTenant: KeyObject) =>
    generators.of(new Credentials({ applicationId, privateKey: keyOfTenant }), now);
  expect(of(createPrivateKey(privateKey))).toBe(of(key));
  expect(of(forged)).not.toBe(of(key));
});

test('the last thousand generators are kept', () => {
  const generators = new Generators({});
  const first = new Credentials({ applicationId, privateKey: key });
  const idOf = (count: number) => `00000000-0000-0000-0000-${String(count).padStart(12, '0')}`;
  const of = (credentials: Credentials) => generators.of(credentials, now);
  const generator = of(first);
  for (let count = 1; count < 1000; count += 1) of(first.with({ applicationId: idOf(count) }));
  expect(of(first.with({}))).toBe(generator);
  of(first.with({ applicationId: idOf(1000) }));
  expect(of(first.with({}))).not.toBe(generator);
});

// docs/threat-model.md#data-kept-too-long
test('a private key that was replaced twice is not kept, whatever clock dated its tokens', async () => {
  const generators = new Generators({});
  const keys: WeakRef<KeyObject>[] = [];
  const clocks = Array.from({ length: 5 }, (_none, count) => () => now() + count);
  for (const clock of clocks) {
    const { privateKey: made } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.push(new WeakRef(made));
    const credentials = new Credentials({ applicationId, privateKey: made });
    for (const each of [now, clock]) await generators.of(credentials, each).token();
  }
  await new Promise(setImmediate);
  collectGarbage();
  expect(keys.map((each) => each.deref() !== undefined)).toEqual([
    ...[false, false, false],
    ...[true, true],
  ]);
  // All clocks are still in use.
  expect(clocks).toHaveLength(5);
});

// docs/threat-model.md#data-kept-too-long
test('a private key that a provider has replaced twice is not kept', async () => {
  const keys: WeakRef<KeyObject>[] = [];
  const provider = () => {
    const { privateKey: made } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    keys.push(new WeakRef(made));
    return new Credentials({ applicationId, privateKey: made });
  };
  const auth = new AuthInjector(provider, { provider: { maxAge: 0 } });
  for (let count = 0; count < 5; count += 1) await tokenOf(auth);
  // A WeakRef keeps its target until the end of the turn in which it was made.
  await new Promise(setImmediate);
  collectGarbage();
  expect(keys.map((each) => each.deref() !== undefined)).toEqual([
    ...[false, false, false],
    ...[true, true],
  ]);
  await tokenOf(auth);
});
