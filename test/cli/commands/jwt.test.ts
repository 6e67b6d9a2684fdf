import { createHmac, createPublicKey } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { type CliOptions, newFolder, now, runCli } from '../../support/cli';
import { keyPath, keySecrets, keyText } from '../../support/keys';

const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
const env = {
  VONAGE_APPLICATION_ID: applicationId,
  VONAGE_PRIVATE_KEY: keyText('rsa-pkcs8'),
};

const create = (args: string[], options: CliOptions = {}) =>
  runCli(['jwt', 'create', ...args], { env, ...options });

/** The claims, after jose has verified the signature and the times. */
async function claimsOf(token: string): Promise<Record<string, unknown>> {
  const key = createPublicKey(keyText('rsa-public'));
  const options = { algorithms: ['RS256'], currentDate: new Date(now * 1000) };
  return (await jwtVerify(token.trim(), key, options)).payload;
}

describe('jwt create', () => {
  test.each([
    ['15 minutes by default', [], { exp: now + 900 }],
    ['--ttl in seconds', ['--ttl', '3600'], { exp: now + 3600 }],
    ['--ttl with a unit', ['--ttl', '1h'], { exp: now + 3600 }],
    ['--exp in seconds', ['--exp', String(now + 60)], { exp: now + 60 }],
    ['--exp as a date', ['--exp', '2026-11-26T13:00:00Z'], { exp: now + 3600 }],
    ['--nbf', ['--nbf', String(now)], { nbf: now }],
    ['--sub', ['--sub', 'alice'], { sub: 'alice' }],
    ['--acl as JSON', ['--acl', '{"paths":{"/a":{}}}'], { acl: { paths: { '/a': {} } } }],
    [
      '--claim, repeated, as JSON or text',
      ['--claim', 'a={"b":[1]}', '--claim', 'c=d=e', '--claim', 'n=1', '--claim', 'e='],
      { a: { b: [1] }, c: 'd=e', n: 1, e: '' },
    ],
    [
      '--acl-preset client-sdk, the paths of the Client SDK guide',
      ['--acl-preset', 'client-sdk'],
      {
        acl: {
          paths: {
            '/*/users/**': {},
            '/*/conversations/**': {},
            '/*/sessions/**': {},
            '/*/devices/**': {},
            '/*/image/**': {},
            '/*/media/**': {},
            '/*/applications/**': {},
            '/*/push/**': {},
            '/*/knocking/**': {},
            '/*/legs/**': {},
          },
        },
      },
    ],
    [
      'a video session',
      ['--video', 'session1', '--video-role', 'moderator', '--ttl', '10d'],
      { session_id: 'session1', role: 'moderator', scope: 'session.connect', exp: now + 864_000 },
    ],
  ])('%s', async (_name, args, expected) => {
    const { code, stdout, stderr } = await create(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await claimsOf(stdout)).toMatchObject({
      application_id: applicationId,
      iat: now,
      jti: expect.stringMatching(/^[\da-f]{8}-[\da-f]{4}-4/) as string,
      ...expected,
    });
  });

  test('--acl reads a file with line ends of Windows', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'acl.json'), '\uFEFF{\r\n"paths":{"/a":{}}}\r\n');
    const { stdout } = await create(['--acl', 'acl.json'], { cwd });
    expect(await claimsOf(stdout)).toMatchObject({ acl: { paths: { '/a': {} } } });
  });

  test('--copy-header prints the whole header', async () => {
    const { stdout } = await create(['--copy-header']);
    expect(stdout).toMatch(/^Authorization: Bearer eyJ\S+\n$/);
  });

  test('--json prints the token and its claims', async () => {
    const result = JSON.parse((await create(['--json'])).stdout) as { token: string };
    expect(result).toEqual({
      token: expect.any(String) as string,
      claims: await claimsOf(result.token),
    });
  });

  test.each([
    ['text', [], ''],
    ['JSON', ['--json'], 'file'],
  ])(
    '--out writes a new file for its owner only, and prints no token (%s)',
    async (_n, args, key) => {
      const cwd = newFolder();
      const out = ['--out', 'token.txt', ...args];
      const { code, stdout, stderr } = await create(out, { cwd });
      const file = join(cwd, 'token.txt');
      expect(code).toBe(0);
      expect(stderr).toBe(`The token was written to ${file}. It expires in 15 minutes.\n`);
      expect(stdout).not.toContain('eyJ');
      if (key !== '') expect(JSON.parse(stdout)).toHaveProperty(key, file);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const text = readFileSync(file, 'utf8');
      expect(await create(out, { cwd })).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('already exists') as string,
      });
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
  );

  test('--out with a path in a folder that does not exist is an error', async () => {
    const { code, stderr } = await create(['--out', '/nowhere/token.txt']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ERR_FILE_UNWRITABLE: /nowhere/token.txt cannot be written (ENOENT).\n',
    });
  });

  test.each([
    ['--ttl is no duration', ['--ttl', 'long'], 'ERR_USAGE'],
    ['--exp is no time', ['--exp', 'tomorrow'], 'ERR_USAGE'],
    ['--exp is no date', ['--exp', '2026-13-45T00:00:00Z'], 'ERR_USAGE'],
    ['--ttl and --exp', ['--ttl', '1h', '--exp', String(now + 60)], 'ERR_USAGE'],
    ['--acl and --acl-preset', ['--acl', '{}', '--acl-preset', 'client-sdk'], 'ERR_USAGE'],
    ['--claim without a value', ['--claim', 'a'], 'ERR_USAGE'],
    ['a claim twice', ['--claim', 'a=1', '--claim', 'a=2'], 'ERR_USAGE'],
    ['--video-role alone', ['--video-role', 'publisher'], 'ERR_USAGE'],
    ['--video with --sub', ['--video', 's', '--sub', 'a'], 'ERR_USAGE'],
    ['--video with --acl-preset', ['--video', 's', '--acl-preset', 'client-sdk'], 'ERR_USAGE'],
    ['--claim for exp, which has its own option', ['--claim', 'exp=1'], 'ERR_CLAIM_RESERVED'],
    ['a lifetime of two days', ['--ttl', '2d'], 'ERR_LIFETIME_OUT_OF_BOUNDS'],
  ])('refuses: %s', async (_name, args, error) => {
    const { code, stdout, stderr } = await create(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${error}: .+\\n$`));
  });

  test.each([
    ['an ACL that is no object', '[1]'],
    ['an ACL that is no JSON', 'hunter2'],
  ])('refuses a file with %s, and does not quote it', async (_name, text) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'acl'), text);
    const { code, stderr } = await create(['--acl', 'acl'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'ERR_FILE_INVALID: --acl must be a JSON object.\n',
    });
  });

  test.each([
    ['missing credentials', {}, 3, 'ERR_MISSING_CREDENTIAL'],
    ['an EC key', { ...env, VONAGE_PRIVATE_KEY: keyText('ec') }, 4, 'ERR_KEY_NOT_RSA'],
  ])('has an exit code of its own for %s', async (_name, variables, exitCode, error) => {
    const { code, stderr } = await create([], { env: variables });
    expect(code).toBe(exitCode);
    expect(stderr).toContain(error);
    for (const secret of keySecrets(keyText('ec'))) expect(stderr).not.toContain(secret);
  });
});

describe('jwt:generate', () => {
  const generate = (claims: string[]) =>
    runCli(['jwt:generate', keyPath('rsa-pkcs8'), `application_id=${applicationId}`, ...claims]);

  test('sub and unknown claims are text, and exp and acl are JSON, as in nexmo-cli', async () => {
    const acl = 'acl={"paths":{"/*/users/**":{}}}';
    const { stdout } = await generate(['sub=alice', 'subject=1', `exp=${now + 60}`, acl]);
    expect(await claimsOf(stdout)).toEqual({
      application_id: applicationId,
      iat: now,
      jti: expect.any(String) as string,
      sub: 'alice',
      subject: '1',
      exp: now + 60,
      acl: { paths: { '/*/users/**': {} } },
    });
  });

  test('iat is a number, unlike in nexmo-cli', async () => {
    const { stdout } = await generate([`iat=${now - 5}`]);
    expect(await claimsOf(stdout)).toMatchObject({ iat: now - 5 });
  });

  test('without application_id, the ID comes from the environment', async () => {
    const { stdout } = await runCli(['jwt:generate', keyPath('rsa-pkcs8')], {
      env: { VONAGE_APPLICATION_ID: applicationId },
    });
    expect(await claimsOf(stdout)).toMatchObject({ application_id: applicationId });
  });

  test.each([
    ['a claim without a value', ['sub'], 'ERR_USAGE'],
    ['a claim without a name', ['=alice'], 'ERR_USAGE'],
    ['a claim with two equals signs', ['a=b=c'], 'ERR_USAGE'],
    ['an exp that is no number', ['exp=soon'], 'ERR_CLAIM_INVALID'],
  ])('refuses %s', async (_name, claims, error) => {
    const { code, stderr } = await generate(claims);
    expect(code).toBe(2);
    expect(stderr).toContain(error);
  });
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (claims: object, header: object = { alg: 'RS256', typ: 'JWT' }) =>
  `${part(header)}.${part(claims)}.eA`;

const claims = { application_id: applicationId, iat: now - 660, jti: 'id', exp: now + 240 };

describe('jwt decode', () => {
  const decode = (args: string[], options: CliOptions = {}) =>
    runCli(['jwt', 'decode', ...args], options);

  const golden = `Header
  alg  RS256
  typ  JWT

Claims
  application_id  ${applicationId}
  iat             1795693740 (2026-11-26T11:49:00Z, issued 11 minutes ago)
  jti             id
  exp             1795694640 (2026-11-26T12:04:00Z, expires in 4 minutes)

The signature was not verified: use nexmo-auth jwt verify.
The token has nothing that the platform would refuse.
`;

  test('prints header, claims and times in words', async () => {
    expect(await decode([unsigned(claims)])).toEqual({ code: 0, stdout: golden, stderr: '' });
  });

  test.each([
    ['the value of a header', `Bearer ${unsigned(claims)}`, ''],
    ['a header', `Authorization: bearer ${unsigned(claims)}`, ''],
    ['standard input', '-', `${unsigned(claims)}\r\n`],
  ])('takes %s', async (_name, argument, input) => {
    expect((await decode([argument], { input })).stdout).toBe(golden);
  });

  test('without an argument, reads the token from a pipe, but does not wait for input from a terminal', async () => {
    expect((await decode([], { input: unsigned(claims) })).stdout).toBe(golden);
    const { code, stderr } = await decode([], { isTerminal: true });
    expect(code).toBe(2);
    expect(stderr).toContain('Pass a token');
  });

  test('has colour on a terminal', async () => {
    const { stdout } = await decode([unsigned(claims)], { isTerminal: true });
    expect(stdout).toContain(
      '\u001B[32mThe token has nothing that the platform would refuse.\u001B[39m',
    );
  });

  test('--json prints header, claims, times and problems in a stable form', async () => {
    const { stdout } = await decode([
      unsigned({ ...claims, exp: now - 1, nbf: now - 2 }),
      '--json',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      header: { alg: 'RS256', typ: 'JWT' },
      claims: { ...claims, exp: now - 1, nbf: now - 2 },
      times: {
        iat: { date: '2026-11-26T11:49:00Z', words: 'issued 11 minutes ago' },
        nbf: { date: '2026-11-26T11:59:58Z', words: 'valid since 2 seconds ago' },
        exp: { date: '2026-11-26T11:59:59Z', words: 'expired 1 second ago' },
      },
      problems: [{ name: 'exp', message: 'exp expired 1 second ago.' }],
      signature: 'not verified',
    });
  });

  test.each([
    [{ exp: now - 7200 }, 'exp expired 2 hours ago.'],
    [{ exp: undefined, iat: now - 1000 }, 'exp expired 1 minute ago.'],
    [{ exp: now + 200_000 }, 'exp is 2 days after iat. The maximum is 1 day.'],
    [{ exp: (now + 60) * 1000 }, 'exp is in milliseconds. It must be in seconds.'],
    [{ exp: 1.5 }, 'exp is not a whole number of seconds.'],
    [{ iat: now * 1000 }, 'iat is in milliseconds. It must be in seconds.'],
    [{ iat: now + 60 }, 'iat is in the future, in 1 minute.'],
    [{ iat: undefined }, 'iat is missing, or is not a whole number of seconds.'],
    [{ nbf: now + 60 }, 'nbf is in the future, in 1 minute.'],
    [{ nbf: 'soon' }, 'nbf is not a whole number of seconds.'],
    [{ jti: '' }, 'jti is missing, or is not text.'],
    [{ application_id: undefined }, 'application_id is missing.'],
    [{ application_id: 'abc' }, 'application_id must have the shape of a UUID.'],
    [{ acl: [] }, 'acl must have the form {"paths":{}}.'],
    [{ acl: null }, 'acl must have the form {"paths":{}}.'],
    [{ acl: { paths: { 'no slash': {} } } }, 'acl has a path that does not begin with a slash'],
  ])('says why the platform would refuse %j', async (changes, message) => {
    const { code, stdout } = await decode([unsigned({ ...claims, ...changes })]);
    expect(code).toBe(0);
    expect(stdout).toContain(`The platform would refuse the token:\n  ${message}`);
  });

  test('accepts a valid acl, and a video token for ten days', async () => {
    const video = { acl: { paths: { '/session/**': {} } }, scope: 'session.connect' };
    const { stdout } = await decode([unsigned({ ...claims, ...video, exp: now + 864_000 })]);
    expect(stdout).toContain('The token has nothing that the platform would refuse.');
  });

  test('says that the algorithm or the type is wrong', async () => {
    const { stdout } = await decode([unsigned(claims, { alg: 'HS256', typ: 'JWE' })]);
    expect(stdout).toContain('  alg must be RS256.\n  typ must be JWT.\n');
  });

  test.each(['\u009b31m', '\u202e', '\u2028', '\u200b', '\0', '\x7f', '\u{e0001}'])(
    'no character that a terminal could obey is shown as it is: %j',
    async (character) => {
      const token = unsigned({ [`a${character}`]: 1, b: character, c: [{ d: character }] });
      for (const args of [[token], [token, '--json']]) {
        const { stdout } = await decode(args);
        expect(stdout).not.toContain(character);
        expect(stdout).toMatch(/[bc]"?:? +"?.*\\u/);
      }
      const { claims } = JSON.parse((await decode([token, '--json'])).stdout) as { claims: object };
      expect(claims).toEqual({ [`a${character}`]: 1, b: character, c: [{ d: character }] });
    },
  );

  test('claims that are nested too deeply are an error of the input', async () => {
    const deep = `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const [header] = unsigned({}).split('.', 1);
    const token = `${header}.${Buffer.from(deep).toString('base64url')}.eA`;
    for (const args of [[], ['--json']]) {
      const { code, stdout, stderr } = await decode(args, { input: token });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('The content is nested too deeply to be shown.');
    }
  });

  test('a claim may have the name of a property of all objects', async () => {
    const { stdout } = await decode([unsigned({ constructor: 'z', toString: 1 })]);
    expect(stdout).toMatch(/^ {2}constructor +z\n {2}toString +1$/m);
  });

  test('control sequences in a claim are escaped, and a time that no date can show is shown as a number', async () => {
    const { stdout } = await decode([
      unsigned({ ...claims, sub: '\u001B[2J', exp: 1e300, nbf: now + 1 }),
    ]);
    expect(stdout).toContain('"\\u001b[2J"');
    expect(stdout).toContain('valid in 1 second');
    expect(stdout).toContain('  exp             1e+300\n');
  });

  test('text that is no token is refused, and not quoted', async () => {
    const { code, stderr } = await decode(['hunter2hunter2']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^ERR_JWT_MALFORMED: /);
    expect(stderr).not.toContain('hunter2');
  });
});

describe('jwt verify', () => {
  const publicKey = ['--public-key', keyPath('rsa-public')];
  const verify = (token: string, args: string[], options: CliOptions = {}) =>
    runCli(['jwt', 'verify', token, ...args], options);
  let token: string;
  beforeAll(async () => {
    token = (await create([])).stdout.trim();
  });

  test.each([
    ['a public key', publicKey, {}],
    ['a private key', ['--private-key', keyPath('rsa-pkcs8')], {}],
    ['the private key of the environment', [], env],
  ])('accepts a token, with %s', async (_name, args, variables) => {
    expect(await verify(`Bearer ${token}`, args, { env: variables })).toEqual({
      code: 0,
      stderr: '',
      stdout:
        'ok      format\nok      algorithm\nok      signature\nok      claims\nok      times\n-       application (not checked)\n',
    });
  });

  test('--json has the claims', async () => {
    const { stdout } = await verify(token, [...publicKey, '--app-id', applicationId, '--json']);
    expect(JSON.parse(stdout)).toEqual({ valid: true, claims: await claimsOf(token) });
  });

  const hs256 = (text: string) =>
    `${text}.${createHmac('sha256', 'secret').update(text).digest('base64url')}`;

  test.each([
    ['format', () => 'abc', publicKey, 'ERR_JWT_MALFORMED'],
    [
      'algorithm',
      () => hs256(`${part({ alg: 'HS256' })}.${part(claims)}`),
      publicKey,
      'ERR_JWT_ALGORITHM',
    ],
    ['signature', () => token, ['--private-key', keyPath('rsa-other')], 'ERR_JWT_SIGNATURE'],
    ['times', () => token, [...publicKey, '--at', String(now + 901)], 'ERR_JWT_EXPIRED'],
    [
      'times',
      () => token,
      [...publicKey, '--at', String(now + 60), '--max-age', '30s'],
      'ERR_JWT_TOO_OLD',
    ],
    [
      'application',
      () => token,
      [...publicKey, '--app-id', applicationId.replace('a', 'b')],
      'ERR_JWT_WRONG_APPLICATION',
    ],
  ])('says that the check of %s failed', async (check, tokenOf, args, error) => {
    const { code, stdout, stderr } = await verify(tokenOf(), args);
    expect(code).toBe(5);
    expect(stdout).toMatch(new RegExp(`^failed  ${check}$`, 'm'));
    expect(stdout.match(/^failed/gm)).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^${error}: `));
    const json = await verify(tokenOf(), [...args, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ valid: false, failed: check, code: error });
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: error } });
  });

  test('--clock-tolerance accepts a token that has just expired', async () => {
    const late = ['--at', String(now + 901), '--clock-tolerance', '1m'];
    expect((await verify(token, [...publicKey, ...late])).code).toBe(0);
  });

  test.each([
    ['two keys', [...publicKey, '--private-key', keyPath('rsa-pkcs8')], 2, 'ERR_USAGE'],
    ['an EC key', ['--public-key', keyPath('ec-public')], 4, 'ERR_KEY_NOT_RSA'],
    ['a file that does not exist', ['--public-key', '/nowhere.pem'], 1, 'ERR_FILE_UNREADABLE'],
    ['a command without a key', [], 3, 'ERR_MISSING_CREDENTIAL'],
  ])('refuses %s', async (_name, args, exitCode, error) => {
    const { code, stdout, stderr } = await verify(token, args);
    expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
    expect(stderr).toContain(error);
  });
});
