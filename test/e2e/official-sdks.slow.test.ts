import { join } from 'node:path';
import { decodeJwt } from '../../src';
import type { SandboxRequest } from '../../src/testing';
import { applicationId, held } from '../support/account';
import { keySecrets, keyText } from '../support/keys';
import { leaksIn } from '../support/leaks';
import { type Platform, startPlatform } from '../support/platform';
import { root } from '../support/run';

const privateKey = keyText('rsa-pkcs8');
const { apiKey, apiSecret, signatureSecret } = held;
const credentials = { apiKey, apiSecret, applicationId, privateKey };

// Each test runs a program, which takes long on a busy machine.
jest.setTimeout(120_000);

let platform: Platform;
beforeAll(async () => {
  const publicKey = keyText('rsa-public');
  platform = await startPlatform({ ...held, applicationId, publicKey });
});
afterAll(() => platform.close());

/** Runs a program that prints JSON, and returns that with the requests that it sent. */
async function runProgram(file: string, input: object, env: NodeJS.ProcessEnv = {}) {
  const start = platform.requests.length;
  const { code, output } = await platform.run(join(__dirname, file), root, {
    ...env,
    INPUT: JSON.stringify(input),
  });
  expect(`exit ${String(code)}: ${output}`).toMatch(/^exit 0: /);
  const result: unknown = JSON.parse(String(output.trim().split('\n').at(-1)));
  return { result, requests: platform.requests.slice(start), output };
}

/** The content of the token in a header, without the claims that differ for every token. */
function describeToken(header: string): object {
  const { header: jose, claims } = decodeJwt(header);
  const { iat, exp, jti, ...others } = claims;
  expect(jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  return { ...jose, ...others, lifetime: Number(exp) - Number(iat) };
}

const authorizationOf = ({ headers }: SandboxRequest) => String(headers['authorization']);
const isBearer = (request: SandboxRequest) => authorizationOf(request).startsWith('Bearer ');

/** Every part of a request that arrives, without what differs for every request. */
function describeRequest(request: SandboxRequest): object {
  const { method, host, path, query, body, status, refusal, scheme } = request;
  const { connection: _connection, ...headers } = request.headers;
  const authorization = authorizationOf(request);
  return {
    ...{ method, host, path, query, body, status, refusal, scheme },
    headers: {
      ...headers,
      'user-agent': String(headers['user-agent']).replace(/\w+$/, ''),
      authorization: isBearer(request) ? describeToken(authorization) : authorization,
    },
  };
}

type Results = Record<string, Record<string, unknown>>;

const isOf = (who: string) => (request: SandboxRequest) =>
  // Most requests have this name at the end of their User-Agent. The download of a recording has not, because the SDK
  // makes it with a file client, which sets no User-Agent of its own.
  String(request.headers['user-agent']).endsWith(who);

/** The ways in which official-sdks.cjs makes credentials with `vonageAuth`, beside the `official` ones. */
const contestants = ['ours', 'injector', 'extended', 'provider'];

describe.each([
  ['the newest 3.x', '@vonage/server-sdk', []],
  [
    'the oldest 3.x',
    'vonage-server-sdk-3-0',
    ['verify v2', 'users', 'conversations', 'redact', 'reports', 'video session', 'video archives', 'video client token'], // prettier-ignore
  ],
])('through %s of the official SDK', (_version, sdk, missing) => {
  let results: Results;
  let requests: readonly SandboxRequest[];
  beforeAll(async () => {
    const outcome = await runProgram('official-sdks.cjs', { sdk, credentials });
    results = outcome.result as Results;
    requests = outcome.requests;
  });

  test('every call is accepted, with the official credentials and with ours', () => {
    for (const [who, calls] of Object.entries(results)) {
      const failed = Object.entries(calls).filter(([, value]) =>
        String(value).startsWith('failed'),
      );
      expect([who, failed]).toEqual([who, []]);
    }
    expect(requests.map(({ status, refusal }) => [status < 300, refusal])).toEqual(
      requests.map(() => [true, undefined]),
    );
    const calls = Object.keys(results['official'] ?? {});
    const sent = calls.filter((name) => name !== 'video client token' && !missing.includes(name));
    expect(requests).toHaveLength(sent.length * (contestants.length + 1));
  });

  test.each(contestants)(
    'what arrives is the same with the official credentials and with ours (%s)',
    (who) => {
      const groups = groupsOf(requests);
      expect(groups.get(who)?.map(describeRequest)).toEqual(
        groups.get('official')?.map(describeRequest),
      );
    },
  );

  test('difference: our credentials send one token for all calls, the official ones send one for each call', () => {
    const groups = groupsOf(requests);
    const tokensOf = (who: string) => (groups.get(who) ?? []).filter(isBearer).map(authorizationOf);
    const official = tokensOf('official');
    expect(new Set(official).size).toBe(official.length);
    for (const who of contestants) expect(new Set(tokensOf(who)).size).toBe(1);
  });

  test('a client token of the Video API has the same claims as with the official credentials', () => {
    const tokens = ['official', ...contestants].map((who) => results[who]?.['video client token']);
    if (missing.length > 0) {
      expect(new Set(tokens)).toEqual(new Set([null]));
      return;
    }
    const [official, ...ours] = tokens.map((token) => {
      const { header, claims } = decodeJwt(String(token));
      return { ...header, ...claims, jti: '', iat: 0 };
    });
    expect(official).toMatchObject({ scope: 'session.connect', session_id: 'session-1' });
    expect(ours).toEqual(contestants.map(() => official));
  });
});

/** The requests of each contestant, in the order of its calls. A contestant ends before the next begins. */
function groupsOf(requests: readonly SandboxRequest[]): Map<string, SandboxRequest[]> {
  const size = requests.length / (contestants.length + 1);
  const groups = ['official', ...contestants].map(
    (who, index) => [who, requests.slice(index * size, (index + 1) * size)] as const,
  );
  for (const [who, group] of groups) expect(group.some(isOf(who))).toBe(true);
  return new Map(groups.map(([who, group]) => [who, [...group]]));
}

/** Intended differences. Each test compares the official credentials with ours. */
describe('difference:', () => {
  const outcomeOf = async (name: string) =>
    runProgram('official-differences.cjs', { name, credentials, signatureSecret });

  test('200 calls to Voice take one signature, where the official credentials make 200', async () => {
    const { requests } = await outcomeOf('200 calls');
    const tokensOf = (group: readonly SandboxRequest[]) => new Set(group.map(authorizationOf)).size;
    expect(requests).toHaveLength(400);
    expect(tokensOf(requests.slice(0, 200))).toBe(200);
    expect(tokensOf(requests.slice(200))).toBe(1);
  });

  test('the ttl applies to every token, where the official credentials lose it after the first', async () => {
    const { result } = await outcomeOf('ttl');
    const lifetimes = Object.entries(result as Record<string, string[]>).map(([who, headers]) => [
      who,
      headers.map((header) => Reflect.get(describeToken(header), 'lifetime') as number),
    ]);
    expect(Object.fromEntries(lifetimes)).toEqual({ official: [60, 900], ours: [60, 60] });
  });

  test('the platform accepts our signature of an SMS (status 0), and not the official one (14)', async () => {
    const { result } = await outcomeOf('signature');
    expect(result).toEqual({ official: '14', ours: '0' });
  });

  test('with the field signature, Messages sends key and secret, as with the official credentials', async () => {
    const { requests } = await outcomeOf('signature field');
    expect(requests.map(({ scheme }) => scheme)).toEqual(['basic', 'basic']);
    expect(requests.map(describeRequest)[1]).toEqual(requests.map(describeRequest)[0]);
  });

  test('a spread copy of our credentials has no private key: Messages sends key and secret, Video makes no client token', async () => {
    const { result, requests } = await outcomeOf('spread');
    expect(requests.map(({ product, scheme, status }) => [product, scheme, status])).toEqual([
      ['subaccounts', 'basic', 200],
      ['video', 'bearer', 200],
      ['messages', 'basic', 202],
    ]);
    expect(result).toEqual(['Missing private key']);
  });

  test('an external signer signs for Voice and Messages; a client token of Video is an error of ours', async () => {
    const { result, requests } = await outcomeOf('signer');
    expect(requests.map(({ product, scheme, status }) => [product, scheme, status])).toEqual([
      ['voice', 'bearer', 200],
      ['messages', 'bearer', 202],
    ]);
    expect(result).toEqual(['ERR_MISSING_CREDENTIAL']);
  });

  test('Messages, Subaccounts and Video do not wait for the provider: until it answers, they get an error of ours', async () => {
    const { result, requests } = await outcomeOf('provider');
    expect(result).toEqual(Array(3).fill('ERR_CREDENTIALS_PENDING'));
    expect(requests.map(({ product, status }) => [product, status])).toEqual([
      ['voice', 200],
      ['messages', 202],
      ['subaccounts', 200],
      ['video', 200],
    ]);
  });

  test('missing credentials are an error of ours, and nothing is sent', async () => {
    const { result, requests } = await outcomeOf('missing');
    expect(result).toEqual(Array(5).fill('ERR_MISSING_CREDENTIAL'));
    expect(requests).toEqual([]);
  });
});

describe('with DEBUG=* set, while the clients write their logs', () => {
  const secrets = [apiSecret, signatureSecret, ...keySecrets(privateKey)];
  const outputOf = async (who: string) =>
    (
      await runProgram(
        'official-differences.cjs',
        { name: 'debug', who, credentials, signatureSecret },
        { DEBUG: '*' },
      )
    ).output;

  test('nothing shows a secret of ours, where the official credentials show all of them', async () => {
    const [ours, official] = [await outputOf('ours'), await outputOf('official')];
    for (const output of [ours, official]) expect(output).toContain('vonage:messages Auth config');
    expect(leaksIn(ours, secrets)).toEqual([]);
    for (const secret of secrets) expect(leaksIn(official, [secret])).not.toEqual([]);
  });
});
