import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect, types } from 'node:util';
import { serialize } from 'node:v8';
import { AuthInjector, Credentials, vonageAuth } from '../../src';
import { applicationId, held } from '../support/account';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';

const privateKey = keyText('rsa-pkcs8');
const credentials = new Credentials({ ...held, applicationId, privateKey });
const secrets = [held.apiSecret, held.signatureSecret, ...keySecrets(privateKey)];

const injector = new AuthInjector(credentials);
const used = vonageAuth(credentials, { signature: true });
const provided = vonageAuth(() => credentials, { signature: true });
beforeAll(async () => {
  for (const auth of [used, provided]) {
    await auth.createBearerHeader();
    await auth.createBasicHeader();
    // The fields give the secrets, so the private key has been exported.
    expect(leaksIn([auth.apiSecret, auth.privateKey], secrets)).not.toEqual([]);
  }
});

/** What the call returns, or the error that it throws instead. */
const outcomeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

const ways: [string, (auth: object) => unknown][] = [
  ['inspected with hidden fields and getters at any depth', (auth) => auth],
  ['put into something else', (auth) => ({ deep: [new Map([['credentials', auth]])] })],
  ['inspected as a proxy', (auth) => inspect(auth, { showProxy: true, showHidden: true })],
  ['printed by %o %O %j %s', (auth) => format('%o %O %j %s', auth, auth, auth, auth)],
  ['serialised as JSON', (auth) => JSON.stringify(auth)],
  ['spread', (auth) => ({ ...auth })],
  ['copied with all own properties', (auth) => Object.getOwnPropertyDescriptors(auth)],
  ['listed', (auth) => [Object.entries(auth), Reflect.ownKeys(auth)]],
  ['the prototype of an object', (auth) => inspect(Object.create(auth), { showHidden: true, getters: true, customInspect: false })], // prettier-ignore
  ['cloned', (auth) => outcomeOf(() => structuredClone(auth))],
  ['sent to a worker', (auth) => outcomeOf(() => serialize(auth))],
  ['in an error', (auth) => new Error(String(auth), { cause: auth })],
];

describe.each([
  ['vonageAuth', used],
  ['vonageAuth of a provider', provided],
  ['vonageAuth of an injector', vonageAuth(injector)],
  ['a spread of vonageAuth', { ...used, msisdn: '447700900000' }],
])('no secret shows when %s is', (_what, auth) => {
  test.each(ways)('%s', (_how, show) => {
    expect(leaksIn(show(auth), secrets)).toEqual([]);
  });

  test('printed by console.log and console.dir', () => {
    const written: string[] = [];
    const stdout = new Writable({
      write: (chunk, _encoding, done) => {
        written.push(String(chunk));
        done();
      },
    });
    const output = new Console(stdout);
    output.log('%o', auth, auth);
    output.dir(auth, { showHidden: true, depth: null });
    expect(written.join('')).toContain('createBearerHeader');
    expect(leaksIn(written, secrets)).toEqual([]);
  });
});

test('the search for leaks finds a secret behind a hidden getter, which is why vonageAuth returns a proxy', () => {
  const naive = Object.defineProperty({}, 'apiSecret', { get: () => held.apiSecret });
  expect(leaksIn(naive, secrets)).not.toEqual([]);
  expect(types.isProxy(used)).toBe(true);
});
