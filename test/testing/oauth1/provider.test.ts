import { type Sandbox, startSandbox } from '../../../src/testing';
import { fetchJson, oauth1, options, time } from '../client';
import { callback, type Legs, createLegs, tokenIn } from './legs';

let clock = time;
let sandbox: Sandbox;
let legs: Legs;
beforeEach(async () => {
  clock = time;
  sandbox = await startSandbox({ ...options, now: () => clock * 1000 });
  legs = createLegs(sandbox, () => clock);
});
afterEach(() => sandbox.close());

const problem = (name: string) => ({ status: 401, fields: { oauth_problem: name } });
const smsStatus = (status: string) => ({ body: { messages: [{ status }] } });

test.each(['POST', 'GET'])(
  'the three legs by %s yield a token that SMS accepts',
  async (method) => {
    const issued = await legs.requestFrom(
      sandbox.oauth1.requestTokenUrl,
      { oauth_callback: callback },
      { method },
    );
    expect(issued.status).toBe(200);
    expect(issued.headers.get('content-type')).toBe('application/x-www-form-urlencoded');
    expect(issued.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(issued.fields)).toEqual([
      'oauth_token',
      'oauth_token_secret',
      'oauth_callback_confirmed',
    ]);
    expect(issued.fields['oauth_callback_confirmed']).toBe('true');
    const token = tokenIn(issued.fields);
    const verifier = await legs.approve(token);
    const answer = await legs.exchange(token, verifier, { method });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.fields)).toEqual(['oauth_token', 'oauth_token_secret']);
    const access = tokenIn(answer.fields);
    expect(await legs.sendSms(access)).toMatchObject(smsStatus('0'));
    expect(sandbox.requests.every(({ refusal }) => refusal === undefined)).toBe(true);
    expect(sandbox.requests[0]).toMatchObject({
      host: 'dashboard.nexmo.com',
      path: '/oauth/request_token',
      product: undefined,
    });
  },
);

test('every token, secret and verifier is new', async () => {
  const [one, two] = [await legs.requestToken(), await legs.requestToken()];
  const verifiers = [await legs.approve(one), await legs.approve(two)];
  const values = [one.key, one.secret, two.key, two.secret, ...verifiers];
  expect(new Set(values).size).toBe(6);
  for (const value of values) expect(value).toMatch(/^[\da-f]{32}$/);
});

describe('a request token', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['consumer_key_unknown', { oauth_consumer_key: 'other', oauth_callback: 'oob' }, {}],
    ['token_rejected', { oauth_token: 'any', oauth_callback: 'oob' }, {}],
    [
      'version_rejected',
      { oauth_version: '1.1', oauth_callback: 'oob' },
      { oauth_acceptable_versions: '1.0-1.0' },
    ],
    [
      'signature_method_rejected',
      { oauth_signature_method: 'RSA-SHA1', oauth_callback: 'oob' },
      {},
    ],
    ['signature_invalid', { oauth_signature: 'AAAA', oauth_callback: 'oob' }, {}],
    [
      'timestamp_refused',
      { oauth_timestamp: '137131200', oauth_callback: 'oob' },
      { oauth_acceptable_timestamps: `${time - 300}-${time + 300}` },
    ],
    ['parameter_absent', {}, { oauth_parameters_absent: 'oauth_callback' }],
    ['parameter_absent', { oauth_callback: '' }, { oauth_parameters_absent: 'oauth_callback' }],
  ])('is refused with %s for %j', async (name, overrides, more) => {
    const answer = await legs.requestFrom(sandbox.oauth1.requestTokenUrl, overrides);
    expect(answer).toMatchObject({ status: 401, fields: { oauth_problem: name, ...more } });
    expect(Object.keys(answer.fields)).toEqual(['oauth_problem', ...Object.keys(more)]);
    expect(answer.headers.get('content-type')).toBe('application/x-www-form-urlencoded');
    expect(answer.headers.get('www-authenticate')).toBe('OAuth');
    expect(sandbox.requests.at(-1)?.refusal).toMatch(new RegExp(`^${name}: `));
  });

  test('is refused when nothing is signed, with the names of all absent parameters', async () => {
    const response = await fetch(sandbox.oauth1.requestTokenUrl, { method: 'POST' });
    expect(response.status).toBe(401);
    const fields = new URLSearchParams(await response.text());
    expect(fields.get('oauth_problem')).toBe('parameter_absent');
    expect(fields.get('oauth_parameters_absent')?.split('&')).toEqual([
      'oauth_consumer_key',
      'oauth_signature_method',
      'oauth_timestamp',
      'oauth_nonce',
      'oauth_signature',
      'oauth_callback',
    ]);
  });

  test('is issued for an empty oauth_token, which counts as none', async () => {
    const overrides = { oauth_token: '', oauth_callback: 'oob' };
    expect((await legs.requestFrom(sandbox.oauth1.requestTokenUrl, overrides)).status).toBe(200);
  });

  test('is refused for a nonce that was used before', async () => {
    const overrides = { oauth_nonce: 'once', oauth_callback: 'oob' };
    expect((await legs.requestFrom(sandbox.oauth1.requestTokenUrl, overrides)).status).toBe(200);
    const again = await legs.requestFrom(sandbox.oauth1.requestTokenUrl, overrides);
    expect(again).toMatchObject(problem('nonce_used'));
  });

  test('is not accepted by SMS, approved or not', async () => {
    const token = await legs.requestToken();
    expect(await legs.sendSms(token)).toMatchObject(smsStatus('4'));
    await legs.approve(token);
    expect(await legs.sendSms(token)).toMatchObject(smsStatus('4'));
    expect(sandbox.requests.at(-1)?.refusal).toContain('token_rejected');
  });
});

describe('an access token', () => {
  test('is issued once', async () => {
    const token = await legs.requestToken();
    const verifier = await legs.approve(token);
    expect((await legs.exchange(token, verifier)).status).toBe(200);
    expect(await legs.exchange(token, verifier)).toMatchObject(problem('token_rejected'));
  });

  test('is not issued for a wrong or missing verifier, and the request token stays valid', async () => {
    const token = await legs.requestToken();
    const verifier = await legs.approve(token);
    expect(await legs.exchange(token, 'wrong')).toMatchObject(problem('verifier_invalid'));
    expect(await legs.exchange(token, '')).toMatchObject({
      fields: { oauth_problem: 'parameter_absent', oauth_parameters_absent: 'oauth_verifier' },
    });
    expect((await legs.exchange(token, verifier)).status).toBe(200);
  });

  test('is not issued for the verifier of another token', async () => {
    const [one, two] = [await legs.requestToken(), await legs.requestToken()];
    const verifier = await legs.approve(one);
    await legs.approve(two);
    expect(await legs.exchange(two, verifier)).toMatchObject(problem('verifier_invalid'));
  });

  test('is not issued before approval or after refusal', async () => {
    const token = await legs.requestToken();
    expect(await legs.exchange(token, 'early')).toMatchObject(problem('permission_unknown'));
    await legs.decide(token, 'decline');
    expect(await legs.exchange(token, 'late')).toMatchObject(problem('permission_denied'));
  });

  test('is not issued for another token secret, or for an unknown or expired token', async () => {
    const token = await legs.requestToken();
    const verifier = await legs.approve(token);
    const forged = { key: token.key, secret: 'guess' };
    expect(await legs.exchange(forged, verifier)).toMatchObject(problem('signature_invalid'));
    const unknown = { key: 'unknown', secret: token.secret };
    expect(await legs.exchange(unknown, verifier)).toMatchObject(problem('token_rejected'));
    clock += 600;
    expect(await legs.exchange(token, verifier)).toMatchObject(problem('token_rejected'));
    await legs.requestToken();
    expect(await legs.exchange(token, verifier)).toMatchObject(problem('token_rejected'));
  });

  test('stays valid when request tokens expire and the consumer secret changes', async () => {
    const access = await legs.accessToken();
    clock += 86_400;
    await legs.requestToken();
    expect(await legs.sendSms(access)).toMatchObject(smsStatus('0'));
    sandbox.change({ oauth1: { ...oauth1, consumerSecret: 'next' } });
    expect(await legs.sendSms(access)).toMatchObject(smsStatus('4'));
    sandbox.change({ oauth1 });
    expect(await legs.sendSms(access)).toMatchObject(smsStatus('0'));
  });

  test('may be used with a nonce that another access token has used', async () => {
    const overrides = { oauth_nonce: 'shared' };
    for (const access of [await legs.accessToken(), await legs.accessToken()]) {
      expect(await legs.sendSms(access, { overrides })).toMatchObject(smsStatus('0'));
    }
  });

  test('is valid only for its consumer, and only in the sandbox that issued it', async () => {
    const token = await legs.requestToken();
    const verifier = await legs.approve(token);
    const other = { consumerKey: 'other', consumerSecret: oauth1.consumerSecret };
    sandbox.change({ oauth1: other });
    const taken = await legs.requestFrom(
      sandbox.oauth1.accessTokenUrl,
      { oauth_verifier: verifier },
      { token, consumer: other },
    );
    expect(taken).toMatchObject(problem('token_rejected'));
    sandbox.change({ oauth1 });
    const access = tokenIn((await legs.exchange(token, verifier)).fields);
    sandbox.change({ oauth1: other });
    expect(await legs.sendSms(access, { consumer: other })).toMatchObject(smsStatus('4'));
    expect(sandbox.requests.at(-1)?.refusal).toContain('token_rejected');
    const second = await startSandbox({ ...options, now: () => clock * 1000 });
    expect(await createLegs(second, () => clock).sendSms(access)).toMatchObject(smsStatus('4'));
    expect(second.requests.at(-1)?.refusal).toContain('token_rejected');
    await second.close();
  });
});

test.each([
  ['PUT', 'request_token', 405],
  ['DELETE', 'authorize', 405],
  ['GET', 'token', 404],
])('%s of /oauth/%s gets a %d', async (method, name, status) => {
  const answer = await fetchJson(sandbox, `dashboard.nexmo.com/oauth/${name}`, { method });
  expect(answer.status).toBe(status);
});

test('no token is issued if the sandbox has no consumer', async () => {
  sandbox.change({ oauth1: undefined });
  const answer = await legs.requestFrom(sandbox.oauth1.requestTokenUrl, { oauth_callback: 'oob' });
  expect(answer).toMatchObject(problem('consumer_key_unknown'));
});
