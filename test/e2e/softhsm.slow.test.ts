import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import axios from 'axios';
import { jwtVerify } from 'jose';
import { hsmGenerator, hsmPublicKey, hsmSigner } from '../../examples/softhsm-signer';
import { attachAuth, AuthInjector, Credentials, JwtGenerator, type SignerOptions } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { applicationId } from '../support/account';
import { rejection } from '../support/errors';
import { leaksIn } from '../support/leaks';
import { describeIfFound } from '../support/programs';
import { advice, createToken, findSoftHsm, type RunTool } from '../support/softhsm';

const hsm = findSoftHsm(process.env);
const describeWithHsm = describeIfFound(hsm, `keys in an HSM (${__filename})`, advice);

test('without an HSM, the tests that need one are skipped, or fail if CI or NEXMO_AUTH_REQUIRE_ALL is set', () => {
  const nowhere = { SOFTHSM2_MODULE: '/nowhere/libsofthsm2.so', PATH: process.env['PATH'] };
  expect(findSoftHsm(nowhere)).toBeUndefined();
  expect(findSoftHsm({ SOFTHSM2_MODULE: __filename, PATH: __dirname })).toBeUndefined();
  for (const name of ['CI', 'NEXMO_AUTH_REQUIRE_ALL']) {
    expect(() => findSoftHsm({ ...nowhere, [name]: '1' })).toThrow('apt-get install softhsm2');
  }
});

describeWithHsm('with a key in an HSM', () => {
  const { module, tool } = hsm ?? { module: '', tool: '' };
  const pin = 'PIN-of-the-user';
  const key = { module, token: 'nexmo-auth', id: '02' };
  const credentials = new Credentials({ applicationId });
  const { PATH, SOFTHSM2_CONF } = process.env;
  let folder: string;
  let runTool: RunTool;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nexmo-auth-hsm-'));
    runTool = createToken({ module, tool }, folder, key.token, pin);
    for (const id of ['01', key.id]) {
      runTool('--keypairgen', '--key-type', 'rsa:2048', '--usage-sign', '--id', id);
    }
    process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  });
  afterAll(() => {
    Object.assign(process.env, { PATH, SOFTHSM2_CONF });
    if (SOFTHSM2_CONF === undefined) delete process.env['SOFTHSM2_CONF'];
    rmSync(folder, { recursive: true });
  });

  /** The arguments of each run of pkcs11-tool in this test. */
  const runs = () => readFileSync(join(folder, 'runs'), 'utf8').split('\n').slice(0, -1);
  const signatures = () => runs().filter((run) => run.includes(' --sign '));
  beforeEach(() => {
    writeFileSync(join(folder, 'runs'), '');
    replaceTool(`echo "$*" >> '${folder}/runs'; exec '${tool}' "$@"`);
  });

  /** Puts a shell script in the place of pkcs11-tool. */
  function replaceTool(script: string): void {
    const programs = join(folder, 'programs');
    mkdirSync(programs, { recursive: true });
    writeFileSync(join(programs, 'pkcs11-tool'), `#!/bin/sh\n${script}\n`, { mode: 0o700 });
    process.env['PATH'] = `${programs}${delimiter}${String(PATH)}`;
  }

  /** The public key, read in another way than in the example. */
  function publicKey(): string {
    const file = join(folder, 'public.der');
    runTool('--read-object', '--type', 'pubkey', '--id', key.id, '--output-file', file);
    const der = createPublicKey({ key: readFileSync(file), format: 'der', type: 'spki' });
    return der.export({ format: 'pem', type: 'spki' }).toString();
  }

  async function signer(options: Partial<SignerOptions> = {}): Promise<SignerOptions> {
    return { sign: hsmSigner(key, pin), publicKey: await hsmPublicKey(key), ...options };
  }
  const generator = async (options?: Partial<SignerOptions>) =>
    new JwtGenerator(credentials, { signer: await signer(options) });

  test('the public key in the HSM verifies the tokens', async () => {
    const jwt = await hsmGenerator(applicationId, key, pin);
    const long = { claims: { long: 'x'.repeat(100_000) } };
    for (const token of [await jwt.generateAsync(), await jwt.token(), await jwt.token(long)]) {
      const { payload, protectedHeader } = await jwtVerify(token, createPublicKey(publicKey()));
      expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT' });
      expect(payload['application_id']).toBe(applicationId);
    }
  });

  test('the private key cannot be exported from the HSM', () => {
    expect(runTool('--list-objects', '--type', 'privkey')).toMatch(
      /ID: +02\n.*\n +Access: +sensitive, always sensitive, never extractable, local\n/,
    );
  });

  test('twenty concurrent callers share one signature', async () => {
    const jwt = await generator();
    const tokens = await Promise.all(Array.from({ length: 20 }, () => jwt.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(signatures()).toHaveLength(1);
  });

  test('the PIN is in no argument of a process', async () => {
    await (await generator()).generateAsync();
    expect(signatures()).toEqual([expect.stringMatching(/ --pin env:HSM_PIN$/)]);
    expect(leaksIn(runs(), [pin])).toEqual([]);
  });

  test('a wrong PIN is tried once, and the error does not show it', async () => {
    const wrong = 'PIN-of-another';
    const jwt = await generator({ sign: hsmSigner(key, wrong) });
    const errors = [];
    for (let count = 0; count < 2; count += 1) {
      errors.push(await rejection(jwt.generateAsync(), [wrong, pin]));
    }
    expect(errors.map(({ code }) => code)).toEqual(['ERR_SIGNER_FAILED', 'ERR_SIGNER_FAILED']);
    expect(signatures()).toHaveLength(1);
  });

  test('concurrent callers try a wrong PIN once, so that the HSM does not lock', async () => {
    const wrong = 'PIN-of-another';
    const jwt = await generator({ sign: hsmSigner(key, wrong) });
    const all = ['a', 'b', 'c', 'd', 'e'].map((sub) => rejection(jwt.token({ sub }), [wrong, pin]));
    const codes = (await Promise.all(all)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['ERR_SIGNER_FAILED']));
    expect((await rejection(jwt.token())).code).toBe('ERR_SIGNER_FAILED');
    expect(signatures()).toHaveLength(1);
  });

  test('concurrent callers with different claims all get a token', async () => {
    const jwt = await generator();
    const tokens = await Promise.all(['a', 'b', 'c'].map((sub) => jwt.token({ sub })));
    expect(new Set(tokens).size).toBe(3);
    expect(signatures()).toHaveLength(3);
  });

  test('a signature by another key than publicKey is ERR_SIGNER_SIGNATURE', async () => {
    const jwt = await generator({ sign: hsmSigner({ ...key, id: '01' }, pin) });
    expect((await rejection(jwt.token(), [pin])).code).toBe('ERR_SIGNER_SIGNATURE');
  });

  test('the deadline ends the signing process', async () => {
    const jwt = await generator({ deadline: 1 });
    replaceTool(`echo $$ > '${folder}/pid'; exec sleep 60`);
    expect((await rejection(jwt.token(), [pin])).code).toBe('ERR_SIGNER_TIMEOUT');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    while (isRunning(pid)) await wait(20);
  });

  test('a missing pkcs11-tool is ERR_SIGNER_FAILED', async () => {
    const jwt = await generator();
    process.env['PATH'] = folder;
    expect((await rejection(jwt.token(), [pin])).code).toBe('ERR_SIGNER_FAILED');
  });

  describe('and with a sandbox that has the public key', () => {
    let sandbox: Sandbox;
    beforeEach(async () => {
      sandbox = await startSandbox({ applicationId, publicKey: publicKey() });
    });
    afterEach(() => sandbox.close());

    test('a request for Voice is accepted', async () => {
      const http = axios.create();
      const { products } = sandbox;
      attachAuth(http, new AuthInjector(credentials, { products, signer: await signer() }));
      const call = { to: [{ type: 'phone', number: '447700900000' }], from: {} };
      expect((await http.post(sandbox.url('voice'), call)).status).toBe(201);
      expect(sandbox.requests).toMatchObject([{ product: 'voice', status: 201 }]);
      expect(signatures()).toHaveLength(1);
    });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
