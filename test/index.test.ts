import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as nexmoAuth from '../src';
import * as testing from '../src/testing';

const root = join(__dirname, '..');

test('the public names are those of the contract', () => {
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
    'fromChain',
    'fromEnv',
    'fromFile',
    'generateJwt',
    'generateVideoToken',
    'signParams',
    'verifyJwt',
    'verifyParams',
  ]);
  expect(Object.keys(testing)).toEqual(['signSmsCallback', 'signWebhook', 'startSandbox']);
  expect(Object.values(nexmoAuth).every((value) => typeof value === 'function')).toBe(true);
});

describe('the built package loads', () => {
  /** Which packages, and whether the sandbox, are in memory after a program ran. */
  function loadedBy(program: string): string[] {
    const report = `
      const names = Object.keys(require.cache).map((file) =>
        file.match(/node_modules[\\\\/]([^\\\\/]+)/)?.[1] ?? (/dist[\\\\/]testing/.test(file) ? 'testing' : 'core'));
      console.log(JSON.stringify([...new Set(names)].sort()));`;
    const output = execFileSync(process.execPath, ['-e', `${program};${report}`], { cwd: root });
    return JSON.parse(output.toString()) as string[];
  }
  const useAll = `
    const { Credentials, AuthInjector, JwtGenerator } = require('nexmo-auth');
    const { generateKeyPairSync } = require('node:crypto');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const credentials = new Credentials({ applicationId: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab', privateKey });
    const jwt = new JwtGenerator(credentials);
    new AuthInjector(credentials);`;

  test('nothing but itself at import, nor when everything is set up', () => {
    expect(loadedBy(`require('nexmo-auth')`)).toEqual(['core']);
    expect(loadedBy(useAll)).toEqual(['core']);
  });

  test('jsonwebtoken and uuid at the first token, and never axios', () => {
    const loaded = loadedBy(`${useAll} jwt.generate()`);
    expect(loaded).toEqual(expect.arrayContaining(['core', 'jsonwebtoken', 'uuid']));
    expect(loaded).not.toContain('axios');
    expect(loaded).not.toContain('testing');
  });
});
