import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as nexmoAuth from '../src';
import * as testing from '../src/testing';

const root = join(__dirname, '..');

test('the package exports these values and no others', () => {
  expect(Object.keys(nexmoAuth).sort()).toEqual([
    'AuthInjector',
    'Credentials',
    'JwtGenerator',
    'MemoryReplayGuard',
    'NexmoAuthError',
    'OAuth1Flow',
    'RedisReplayGuard',
    'WebhookVerifier',
    'attachAuth',
    'createAuthFetch',
    'decodeJwt',
    'explainRefusal',
    'fromChain',
    'fromEnv',
    'fromFile',
    'generateJwt',
    'generateVideoToken',
    'sharedProvider',
    'signParams',
    'verifyJwt',
    'verifyParams',
    'vonageAuth',
  ]);
  expect(Object.keys(testing)).toEqual(['signSmsCallback', 'signWebhook', 'startSandbox']);
  expect(Object.values(nexmoAuth).every((value) => typeof value === 'function')).toBe(true);
});

describe('the built package', () => {
  test('exports what its sources export, and nothing of the internal code that its entry points share', () => {
    const program = `console.log(JSON.stringify(['nexmo-auth', 'nexmo-auth/testing'].map((name) => Object.keys(require(name)).sort())))`;
    const output = execFileSync(process.execPath, ['-e', program], { cwd: root }).toString();
    const sources = [nexmoAuth, testing].map((exported) => Object.keys(exported).sort());
    expect(JSON.parse(output)).toEqual(sources);
  });

  /** The packages that a program has loaded: `core` stands for this package, `testing` for its sandbox. */
  function loadedBy(program: string): string[] {
    const report = `
      const names = Object.keys(require.cache).map((file) =>
        file.match(/node_modules[\\\\/]([^\\\\/]+)/)?.[1] ?? (/dist[\\\\/]testing/.test(file) ? 'testing' : 'core'));
      console.log(JSON.stringify([...new Set(names)].sort()));`;
    const output = execFileSync(process.execPath, ['-e', `${program};${report}`], { cwd: root });
    return JSON.parse(output.toString()) as string[];
  }
  const constructAll = `
    const { Credentials, AuthInjector, JwtGenerator } = require('nexmo-auth');
    const { generateKeyPairSync } = require('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const credentials = new Credentials({ applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab', privateKey });
    const jwt = new JwtGenerator(credentials);
    new AuthInjector(credentials);`;

  test('loads no dependency at import, nor when everything is constructed', () => {
    expect(loadedBy(`require('nexmo-auth')`)).toEqual(['core']);
    expect(loadedBy(constructAll)).toEqual(['core']);
  });

  test('loads no dependency for the first token, and jsonwebtoken for the first verification', () => {
    expect(loadedBy(`${constructAll} jwt.generate()`)).toEqual(['core']);
    const verification = `require('nexmo-auth').verifyJwt(jwt.generate(), require('node:crypto').createPublicKey(privateKey))`;
    const loaded = loadedBy(`${constructAll} ${verification}`);
    expect(loaded).toEqual(expect.arrayContaining(['core', 'jsonwebtoken']));
    expect(loaded).not.toContain('axios');
    expect(loaded).not.toContain('testing');
  });
});
