import { format, inspect } from 'node:util';
import axios from 'axios';
import fc from 'fast-check';
import {
  attachAuth,
  AuthInjector,
  Credentials,
  type OAuth1Credentials,
  OAuth1Flow,
} from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { failure } from '../support/errors';
import { leaksIn } from '../support/leaks';
import { oauth1 as consumer, options, time } from '../testing/client';
import { oauth1Header } from '../testing/oauth1/client';
import { callback, type Legs, createLegs } from '../testing/oauth1/legs';
import { refused } from './refused';

/** The time of the platform in seconds. */
let clock = time;
let sandbox: Sandbox;
let legs: Legs;
let flow: OAuth1Flow;
beforeEach(async () => {
  clock = time;
  sandbox = await startSandbox({ ...options, now: () => clock * 1000 });
  legs = createLegs(sandbox, () => clock);
  flow = flowOf();
});
afterEach(() => sandbox.close());

const now = () => clock * 1000;

const flowOf = (oauth1 = consumer, own = {}) =>
  new OAuth1Flow(new Credentials({ oauth1 }), { endpoints: sandbox.oauth1, now, ...own });

/** The URL to which the user returns after the decision. */
async function decided(temporary: Credentials, decision: 'approve' | 'decline') {
  const token = { key: String(temporary.reveal('oauth1').token), secret: '' };
  const { headers } = await legs.decide(token, decision);
  return String(headers.get('location'));
}

async function approved() {
  const temporary = await flow.requestToken(callback);
  const verifier = flow.verifierIn(await decided(temporary, 'approve'), temporary);
  return { temporary, verifier };
}

async function statusOfSms(granted: Credentials): Promise<string> {
  const http = axios.create();
  const schemes = { sms: 'oauth1' } as const;
  attachAuth(http, new AuthInjector(granted, { schemes, products: sandbox.products, now }));
  const { data } = await http.post<{ messages: [{ status: string }] }>(
    `${sandbox.url('sms')}json`,
    new URLSearchParams({ from: 'Acme & Söhne', to: '447700900000', text: 'Hi (1+1)' }),
  );
  return data.messages[0].status;
}

const secretsOf = (credentials: Credentials) => {
  const { token, tokenSecret } = credentials.reveal('oauth1');
  return [String(token), String(tokenSecret)];
};

/** The code with which a step rejects. */
async function codeOf(step: Promise<unknown>, held: readonly string[] = []): Promise<string> {
  return (await refused(step, [consumer.consumerSecret, ...held], sandbox.requests)).code;
}

describe('the three steps', () => {
  test.each([
    ['the absolute URL', (url: string) => url],
    ['path and query', (url: string) => url.slice(new URL(url).origin.length)],
  ])(
    'end in an SMS signed for the user, if verifierIn gets %s of the callback',
    async (_name, shorten) => {
      const temporary = await flow.requestToken(callback);
      const url = flow.authorizeUrl(temporary);
      expect(url).toBe(
        `${sandbox.oauth1.authorizeUrl}?oauth_token=${temporary.reveal('oauth1').token}`,
      );
      expect(await (await fetch(url)).text()).toContain(consumer.consumerKey);
      const verifier = flow.verifierIn(shorten(await decided(temporary, 'approve')), temporary);
      const granted = await flow.accessToken(temporary, verifier);
      expect(granted.reveal('oauth1')).toMatchObject(consumer);
      expect(secretsOf(granted)).not.toEqual(secretsOf(temporary));
      expect(await statusOfSms(granted)).toBe('0');
      expect(sandbox.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
      expect(sandbox.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        'POST /oauth/request_token',
        'GET /oauth/authorize',
        'GET /oauth/authorize',
        'POST /oauth/authorize',
        'POST /oauth/access_token',
        'POST /sms/json',
      ]);
    },
  );

  test('work without a callback URL: the user types a code', async () => {
    const temporary = await flow.requestToken('oob');
    const html = await (await fetch(flow.authorizeUrl(temporary))).text();
    const confirmation = String(/name="confirmation" value="(\w+)"/.exec(html)?.[1]);
    const body = new URLSearchParams({ confirmation, decision: 'approve' });
    const shown = await fetch(flow.authorizeUrl(temporary), { method: 'POST', body });
    const code = String(/<code id="verifier">(\w+)</.exec(await shown.text())?.[1]);
    expect(await statusOfSms(await flow.accessToken(temporary, code))).toBe('0');
  });

  test('can run in different processes that share the result of reveal', async () => {
    const kept = (await flow.requestToken(callback)).reveal('oauth1');
    const oauth1 = JSON.parse(JSON.stringify(kept)) as OAuth1Credentials;
    const again = new Credentials({ oauth1 });
    const verifier = flowOf().verifierIn(await decided(again, 'approve'), again);
    expect(await statusOfSms(await flowOf().accessToken(again, verifier))).toBe('0');
  });

  test('start again for another user, even if the credentials hold a token', async () => {
    const { temporary, verifier } = await approved();
    const granted = await flow.accessToken(temporary, verifier);
    const next = new OAuth1Flow(granted, { endpoints: sandbox.oauth1, now });
    const second = await next.requestToken(callback);
    expect(secretsOf(second)).not.toEqual(secretsOf(granted));
    expect(sandbox.requests.at(-1)).toMatchObject({ status: 200, refusal: undefined });
  });

  test('keep credentials that are not for OAuth, such as the API key and secret', async () => {
    const held = { apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' };
    const credentials = new Credentials({ ...held, oauth1: consumer });
    flow = new OAuth1Flow(credentials, { endpoints: sandbox.oauth1, now });
    const { temporary, verifier } = await approved();
    const granted = await flow.accessToken(temporary, verifier);
    for (const given of [temporary, granted]) {
      expect({ apiKey: given.apiKey, apiSecret: given.reveal('apiSecret') }).toEqual(held);
    }
    expect(credentials.reveal('oauth1')).toEqual(consumer);
  });

  test('send the header that an independent client sends (oauth-1.0a)', async () => {
    flow = flowOf(consumer, { nonce: () => 'a+b &c' });
    const common = { oauth_nonce: 'a+b &c', oauth_timestamp: String(time) };
    const last = () => String(sandbox.requests.at(-1)?.headers['authorization']);
    const parts = (header: string) => header.slice('OAuth '.length).split(/, ?/).sort();

    const url = sandbox.oauth1.requestTokenUrl;
    const own = { ...common, oauth_callback: callback };
    const temporary = await flow.requestToken(callback);
    expect(parts(last())).toEqual(
      parts(oauth1Header({ method: 'POST', url }, consumer, undefined, own)),
    );

    const verifier = flow.verifierIn(await decided(temporary, 'approve'), temporary);
    await flow.accessToken(temporary, verifier);
    const [key, secret] = secretsOf(temporary) as [string, string];
    const sent = oauth1Header(
      { method: 'POST', url: sandbox.oauth1.accessTokenUrl },
      consumer,
      { key, secret },
      { ...common, oauth_verifier: verifier },
    );
    expect(parts(last())).toEqual(parts(sent));
  });

  test('return credentials that show no token or secret when printed', async () => {
    const { temporary, verifier } = await approved();
    const granted = await flow.accessToken(temporary, verifier);
    const secrets = [consumer.consumerSecret, ...secretsOf(temporary), ...secretsOf(granted)];
    expect(new Set(secrets).size).toBe(5);
    for (const shown of [temporary, granted, flow]) {
      expect(leaksIn(shown, secrets)).toEqual([]);
      // What console.log prints.
      const printed = format('%s %o %O %j', shown, shown, shown, shown) + inspect({ ...shown });
      expect(leaksIn(printed, secrets)).toEqual([]);
    }
  });

  test('each use a new nonce, and the time in seconds', async () => {
    flow = flowOf(consumer, { now: () => time * 1000 + 999 });
    await flow.requestToken('oob');
    await flow.requestToken('oob');
    const headers = sandbox.requests.map((request) => String(request.headers['authorization']));
    const nonces = headers.map((text) => /oauth_nonce="([\da-f]{32})"/.exec(text)?.[1]);
    expect(new Set(nonces).size).toBe(2);
    expect(nonces).not.toContain(undefined);
    for (const text of headers) expect(text).toContain(`oauth_timestamp="${time}"`);
  });
});

describe('requestToken fails', () => {
  const wrongKey = { ...consumer, consumerKey: 'another' };
  const wrongSecret = { ...consumer, consumerSecret: 'another-secret' };
  const late = { now: () => (time + 301) * 1000 };
  const early = { now: () => (time - 301) * 1000 };
  test.each([
    ['for a wrong consumer key', 'ERR_OAUTH1_CONSUMER_REJECTED', wrongKey, {}],
    ['for a wrong consumer secret', 'ERR_OAUTH1_SIGNATURE_REJECTED', wrongSecret, {}],
    ['with a clock that is fast', 'ERR_OAUTH1_TIMESTAMP_REFUSED', consumer, late],
    ['with a clock that is slow', 'ERR_OAUTH1_TIMESTAMP_REFUSED', consumer, early],
  ])('%s: %s', async (_name, code, oauth1, own) => {
    const step = flowOf(oauth1, own).requestToken(callback);
    expect(await codeOf(step, [oauth1.consumerSecret])).toBe(code);
    expect(sandbox.requests).toMatchObject([{ status: 401 }]);
  });

  test('for a repeated nonce: ERR_OAUTH1_TIMESTAMP_REFUSED', async () => {
    flow = flowOf(consumer, { nonce: () => 'once' });
    await flow.requestToken(callback);
    expect(await codeOf(flow.requestToken(callback))).toBe('ERR_OAUTH1_TIMESTAMP_REFUSED');
  });

  test('for a callback that the platform rejects: ERR_OAUTH1_REFUSED', async () => {
    const error = await refused(flow.requestToken('https:back'), [], sandbox.requests);
    expect(error).toMatchObject({ code: 'ERR_OAUTH1_REFUSED' });
    expect(error.message).toContain('(HTTP 401)');
    expect(sandbox.requests.at(-1)?.refusal).toContain('oauth_callback is neither');
  });

  test.each([
    ['', 'empty'],
    ['/back', 'a path'],
    ['app.test/back', 'a host'],
    ['OOB', 'oob in capitals'],
    ['ftp://app.test/', 'another protocol'],
    ['javascript:alert(1)', 'a script'],
    ['https://', 'no host'],
    ['https://app.test/?state=\uD83D', 'lone surrogate'],
    [undefined as unknown as string, 'undefined'],
    [new URL('https://app.test/') as unknown as string, 'an object'],
  ])('for the callback %j (%s), before anything is sent', async (to) => {
    expect(await codeOf(flow.requestToken(to))).toBe('ERR_INVALID_URL');
    expect(sandbox.requests).toEqual([]);
  });

  test('with a clock that returns NaN: ERR_INVALID_OPTION', async () => {
    flow = flowOf(consumer, { now: () => NaN });
    expect(await codeOf(flow.requestToken(callback))).toBe('ERR_INVALID_OPTION');
    expect(sandbox.requests).toEqual([]);
  });
});

describe('verifierIn', () => {
  const secrets = ['hh5s93j4hdidpola', 'hdhd0244k9j7ao03', 'hfdp7dh39dks9884'] as const;
  const [token, tokenSecret, verifier] = secrets;
  const temporary = new Credentials({ oauth1: { ...consumer, token, tokenSecret } });
  const thrownFor = (url: string, held = temporary) =>
    failure(() => flow.verifierIn(url, held), [consumer.consumerSecret, ...secrets]).code;

  test('returns the verifier of RFC 5849, section 1.2', () => {
    const back =
      'http://printer.example.com/ready?oauth_token=hh5s93j4hdidpola&oauth_verifier=hfdp7dh39dks9884';
    expect(flow.verifierIn(back, temporary)).toBe('hfdp7dh39dks9884');
  });

  test('returns any verifier with any token, with any other parameters', () => {
    // The strings that Credentials accept.
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((value) => !/[\r\n\0\p{Surrogate}]/u.test(value));
    const state = fc.string({ unit: 'grapheme' });
    const before = fc.constantFrom('https://app.test/back', 'http://[::1]:3000/', '/back', '');
    fc.assert(
      fc.property(before, state, text, text, (start, other, oauthToken, oauthVerifier) => {
        const oauth1 = { ...consumer, token: oauthToken, tokenSecret };
        const query = new URLSearchParams({
          state: other,
          oauth_token: oauthToken,
          oauth_verifier: oauthVerifier,
        }).toString();
        const held = new Credentials({ oauth1 });
        expect(flow.verifierIn(`${start}?${query}`, held)).toBe(oauthVerifier);
        const another = new Credentials({ oauth1: { ...oauth1, token: `${oauthToken}x` } });
        expect(thrownFor(`${start}?${query}`, another)).toBe('ERR_OAUTH1_TOKEN_MISMATCH');
      }),
    );
  });

  test('ignores parameters of the application, which may be repeated or not UTF-8', () => {
    const back = `/back?a=1&a=2&b=%zz&c=%ff&oauth_token=${token}&oauth_verifier=${verifier}&&d`;
    expect(flow.verifierIn(back, temporary)).toBe(verifier);
  });

  test('throws ERR_OAUTH1_DECLINED if the user declined', async () => {
    const requested = await flow.requestToken(callback);
    const back = await decided(requested, 'decline');
    expect(failure(() => flow.verifierIn(back, requested), secretsOf(requested)).code).toBe(
      'ERR_OAUTH1_DECLINED',
    );
  });

  test.each(['approve', 'decline'] as const)(
    'refuses the callback of another user: %s',
    async (decision) => {
      const [mine, theirs] = [await flow.requestToken(callback), await flow.requestToken(callback)];
      const back = await decided(theirs, decision);
      const held = [...secretsOf(mine), ...secretsOf(theirs)];
      expect(failure(() => flow.verifierIn(back, mine), held).code).toBe(
        'ERR_OAUTH1_TOKEN_MISMATCH',
      );
    },
  );

  test.each([
    ['ERR_OAUTH1_TOKEN_MISMATCH', 'no token', `/back?oauth_verifier=${verifier}`],
    ['ERR_OAUTH1_TOKEN_MISMATCH', 'no query', '/back'],
    [
      'ERR_OAUTH1_TOKEN_MISMATCH',
      'the token in the fragment',
      `/back#oauth_token=${token}&oauth_verifier=${verifier}`,
    ],
    ['ERR_OAUTH1_ANSWER_INVALID', 'no verifier', `/back?oauth_token=${token}`],
    [
      'ERR_OAUTH1_ANSWER_INVALID',
      'an empty verifier',
      `/back?oauth_token=${token}&oauth_verifier=`,
    ],
    [
      'ERR_OAUTH1_ANSWER_INVALID',
      'two verifiers',
      `/back?oauth_token=${token}&oauth_verifier=${verifier}&oauth_verifier=x`,
    ],
    [
      'ERR_OAUTH1_ANSWER_INVALID',
      'a verifier that is not UTF-8',
      `/back?oauth_token=${token}&oauth_verifier=%FF`,
    ],
    [
      'ERR_OAUTH1_REFUSED',
      'an unknown problem',
      `/back?oauth_token=${token}&oauth_problem=${verifier}`,
    ],
    ['ERR_INVALID_URL', 'no host', `https://?oauth_token=${token}`],
    ['ERR_INVALID_URL', 'a port that is no number', `https://app.test:x/?oauth_token=${token}`],
  ])('throws %s for %s', (code, _name, url) => {
    expect(thrownFor(url)).toBe(code);
  });
});

describe('accessToken fails', () => {
  const exchange = async (temporary: Credentials, verifier: string) =>
    codeOf(flow.accessToken(temporary, verifier), [...secretsOf(temporary), verifier]);

  test('for a used token: ERR_OAUTH1_TOKEN_REJECTED', async () => {
    const { temporary, verifier } = await approved();
    const granted = await flow.accessToken(temporary, verifier);
    expect(await exchange(temporary, verifier)).toBe('ERR_OAUTH1_TOKEN_REJECTED');
    expect(await exchange(granted, verifier)).toBe('ERR_OAUTH1_TOKEN_REJECTED');
    expect(await statusOfSms(granted)).toBe('0');
  });

  test('for an expired token: ERR_OAUTH1_TOKEN_REJECTED', async () => {
    const { temporary, verifier } = await approved();
    clock += 600;
    expect(await exchange(temporary, verifier)).toBe('ERR_OAUTH1_TOKEN_REJECTED');
  });

  test('for a wrong verifier, also one of another user: ERR_OAUTH1_VERIFIER_REJECTED', async () => {
    const [one, two] = [await approved(), await approved()];
    expect(await exchange(one.temporary, 'wrong-verifier')).toBe('ERR_OAUTH1_VERIFIER_REJECTED');
    expect(await exchange(one.temporary, two.verifier)).toBe('ERR_OAUTH1_VERIFIER_REJECTED');
  });

  test('before the user has decided, and after they declined: ERR_OAUTH1_DECLINED', async () => {
    const temporary = await flow.requestToken(callback);
    expect(await exchange(temporary, 'any-verifier')).toBe('ERR_OAUTH1_DECLINED');
    await decided(temporary, 'decline');
    expect(await exchange(temporary, 'any-verifier')).toBe('ERR_OAUTH1_DECLINED');
  });

  test('for the secret of another token: ERR_OAUTH1_SIGNATURE_REJECTED', async () => {
    const { temporary, verifier } = await approved();
    const oauth1 = { ...temporary.reveal('oauth1'), tokenSecret: 'another-secret' };
    expect(await exchange(temporary.with({ oauth1 }), verifier)).toBe(
      'ERR_OAUTH1_SIGNATURE_REJECTED',
    );
  });

  test('with a clock that was set since requestToken: ERR_OAUTH1_TIMESTAMP_REFUSED', async () => {
    const { temporary, verifier } = await approved();
    flow = flowOf(consumer, { now: () => (time - 301) * 1000 });
    expect(await exchange(temporary, verifier)).toBe('ERR_OAUTH1_TIMESTAMP_REFUSED');
  });

  test.each([
    ['ERR_INVALID_CREDENTIAL', ''],
    ['ERR_INVALID_CREDENTIAL', undefined as unknown as string],
    ['ERR_CONTROL_CHARACTER', 'from-a-file\n'],
    ['ERR_CONTROL_CHARACTER', 'half-a-character-\uD83D'],
  ])('before anything is sent, with %s for the verifier %j', async (code, verifier) => {
    const temporary = await flow.requestToken(callback);
    const held = [...secretsOf(temporary), ...(verifier ? [verifier.slice(0, 11)] : [])];
    expect(await codeOf(flow.accessToken(temporary, verifier), held)).toBe(code);
    expect(sandbox.requests).toHaveLength(1);
  });
});

test.each([
  ['no token', new Credentials({ oauth1: consumer })],
  ['no oauth1', new Credentials({ apiKey: 'abcd1234' })],
  ['no credentials, after the session has ended', undefined as unknown as Credentials],
  ['the result of reveal', { ...consumer, token: 'a' } as unknown as Credentials],
])('without a request token (%s), no request is sent: ERR_MISSING_CREDENTIAL', async (_n, held) => {
  const back = '/back?oauth_token=undefined&oauth_verifier=a';
  const codes = [
    failure(() => flow.authorizeUrl(held), [consumer.consumerSecret]).code,
    failure(() => flow.verifierIn(back, held), [consumer.consumerSecret]).code,
    await codeOf(flow.accessToken(held, 'verifier')),
  ];
  expect(codes).toEqual(Array(3).fill('ERR_MISSING_CREDENTIAL'));
  expect(sandbox.requests).toEqual([]);
});
