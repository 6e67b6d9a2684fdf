import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  MemoryReplayGuard,
  type NexmoAuthErrorCode,
  type SignatureMethod,
  type WebhookRequest,
  WebhookVerifier,
  type WebhookVerifierOptions,
} from '../../src';
import { held } from '../support/account';
import { anyCharacter } from '../support/characters';
import { rejection } from '../support/errors';
import { secret, time } from '../support/webhooks';

const now = () => time * 1000;

/** An inbound message, as the reference of the SMS API shows it. */
const inbound = {
  'api-key': held.apiKey,
  msisdn: '447700900001',
  to: '447700900000',
  messageId: '0A0000000123ABCD1',
  text: 'Hello & good-bye = \u{1F44B}',
  type: 'text',
  keyword: 'HELLO',
  'message-timestamp': '2020-01-01 12:00:00',
  timestamp: String(time),
  nonce: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
};

const methods: Record<SignatureMethod, (text: string) => string> = {
  md5hash: (text) => createHash('md5').update(`${text}${secret}`).digest('hex'),
  md5: (text) => createHmac('md5', secret).update(text).digest('hex'),
  sha1: (text) => createHmac('sha1', secret).update(text).digest('hex'),
  sha256: (text) => createHmac('sha256', secret).update(text).digest('hex'),
  sha512: (text) => createHmac('sha512', secret).update(text).digest('hex'),
};

/** Signs parameters by the platform's guide "Signing messages", step by step. */
function signed<Params extends Record<string, string>>(
  params: Params,
  method: SignatureMethod = 'md5hash',
): Params & { sig: string } {
  const names = Object.keys(params).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const text = names
    .map((name) => `&${name}=${String(params[name]).replace(/[&=]/g, '_')}`)
    .join('');
  return { ...params, sig: methods[method](text) };
}

const verifierWith = (options: Partial<WebhookVerifierOptions> = {}) =>
  new WebhookVerifier({ secrets: secret, now, ...options });

const request = (changes: Partial<WebhookRequest>): WebhookRequest => ({
  method: 'POST',
  url: '/webhooks/inbound-sms',
  headers: {},
  ...changes,
});

const ways: Record<string, (params: Record<string, string>) => WebhookRequest> = {
  'GET query': (params) =>
    request({ method: 'GET', url: `/sms?${new URLSearchParams(params).toString()}` }),
  'POST form': (params) =>
    request({
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
      rawBody: Buffer.from(new URLSearchParams(params).toString()),
    }),
  'POST JSON': (params) =>
    request({
      headers: { 'content-type': 'application/json' },
      rawBody: JSON.stringify(params),
    }),
};

describe.each(Object.entries(ways))('by %s', (_name, requestOf) => {
  test.each(Object.keys(methods) as SignatureMethod[])(
    'a callback signed with %s is accepted',
    async (signatureMethod) => {
      const params = signed(inbound, signatureMethod);
      const verifier = verifierWith({ signatureMethod });
      expect(await verifier.verifySms(requestOf(params))).toEqual(params);
      const capitals = { ...params, sig: params.sig.toUpperCase() };
      expect(await verifier.verifySms(requestOf(capitals))).toEqual(capitals);
    },
  );

  test('any parameters are accepted', async () => {
    const name = fc
      .stringMatching(/^[a-zA-Z][\w-]{0,8}$/)
      .filter((text) => !(text in signed(inbound)));
    const value = fc.string({ unit: anyCharacter, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, value), async (others) => {
        const params = signed({ ...others, timestamp: String(time) });
        expect(await verifierWith().verifySms(requestOf(params))).toEqual({ ...params });
      }),
    );
  });

  test('a changed, missing or added parameter is refused', async () => {
    const params = signed(inbound);
    const { msisdn, ...fewer } = params;
    expect(msisdn).toBe(inbound.msisdn);
    for (const changed of [{ ...params, text: 'Hi' }, fewer, { ...params, more: '1' }]) {
      const { code } = await rejection(verifierWith().verifySms(requestOf(changed)), [secret]);
      expect(code).toBe('ERR_WEBHOOK_SIGNATURE');
    }
  });
});

test('parameters that a framework has parsed are accepted', async () => {
  const params = signed(inbound);
  expect(await verifierWith().verifySmsParams(params)).toEqual(params);
  expect(await verifierWith().verifySmsParams(new URLSearchParams(params))).toEqual(params);
});

test('a number in JSON is verified as its digits', async () => {
  const rawBody = JSON.stringify({
    ...signed({ timestamp: String(time), price: '0.0333' }),
    price: 0.0333,
  });
  const headers = { 'content-type': 'application/json' };
  const params = await verifierWith().verifySms(request({ headers, rawBody }));
  expect(params).toMatchObject({ price: '0.0333' });
});

describe('each cause of a refusal has its code', () => {
  const { sig, ...unsigned } = signed(inbound);
  const json = (rawBody: string) =>
    request({ headers: { 'content-type': 'application/json' }, rawBody });
  const { timestamp, ...timeless } = inbound;

  const byGet = (query: string) => request({ method: 'GET', url: `/sms?${query}` });

  test.each<[string, NexmoAuthErrorCode, object]>([
    ['parameters without sig', 'ERR_WEBHOOK_UNSIGNED', unsigned],
    ['parameters without timestamp', 'ERR_WEBHOOK_MALFORMED', signed(timeless)],
    [
      'a timestamp that is not a number',
      'ERR_WEBHOOK_MALFORMED',
      signed({ ...inbound, timestamp: 'now' }),
    ],
    ['an empty timestamp', 'ERR_WEBHOOK_MALFORMED', signed({ ...inbound, timestamp: '' })],
    ['a negative timestamp', 'ERR_WEBHOOK_MALFORMED', signed({ ...inbound, timestamp: '-1' })],
    ['a wrong sig', 'ERR_WEBHOOK_SIGNATURE', { ...inbound, sig: sig.replace(/./, 'x') }],
    ['a short sig', 'ERR_WEBHOOK_SIGNATURE', { ...inbound, sig: sig.slice(1) }],
    ['an empty sig', 'ERR_WEBHOOK_SIGNATURE', { ...inbound, sig: '' }],
    ['a sig by another method', 'ERR_WEBHOOK_SIGNATURE', signed(inbound, 'sha256')],
    [
      'a timestamp that is too old',
      'ERR_WEBHOOK_TOO_OLD',
      signed({ ...inbound, timestamp: String(time - 601) }),
    ],
    [
      'a timestamp that is too new',
      'ERR_WEBHOOK_FROM_FUTURE',
      signed({ ...inbound, timestamp: String(time + 301) }),
    ],
    [
      'a timestamp years ahead',
      'ERR_WEBHOOK_FROM_FUTURE',
      signed({ ...inbound, timestamp: '999999999999' }),
    ],
    ['a string', 'ERR_INVALID_REQUEST', 'sig=x' as unknown as object],
    ['a Map instead of an object', 'ERR_INVALID_REQUEST', new Map(Object.entries(signed(inbound)))],
    ['api-key and api_key', 'ERR_WEBHOOK_MALFORMED', signed({ ...inbound, api_key: 'b' })],
  ])('verifySmsParams refuses %s: %s', async (_name, code, params) => {
    expect(timestamp).toBe(String(time));
    expect((await rejection(verifierWith().verifySmsParams(params), [secret])).code).toBe(code);
  });

  test.each<[string, NexmoAuthErrorCode, object]>([
    ['an empty query', 'ERR_WEBHOOK_UNSIGNED', request({ method: 'GET', url: '/sms' })],
    ['a repeated parameter', 'ERR_WEBHOOK_MALFORMED', byGet('a=1&a=2&sig=x')],
    ['a percent sign alone', 'ERR_WEBHOOK_MALFORMED', byGet('a=%&sig=x')],
    ['invalid JSON', 'ERR_WEBHOOK_MALFORMED', json('{')],
    ['a JSON list', 'ERR_WEBHOOK_MALFORMED', json('[]')],
    [
      'a parsed body',
      'ERR_WEBHOOK_BODY_PARSED',
      request({ rawBody: inbound as unknown as string }),
    ],
    ['a string', 'ERR_INVALID_REQUEST', 'sig=x' as unknown as object],
    ['a request without a method', 'ERR_INVALID_REQUEST', { url: '/', headers: {} }],
  ])('verifySms refuses %s: %s', async (_name, code, callback) => {
    const verifying = verifierWith().verifySms(callback as WebhookRequest);
    expect((await rejection(verifying, [secret])).code).toBe(code);
  });

  test('the error for nested values names the products that send them', async () => {
    for (const nested of [
      { ...inbound, sig, message: { text: 'Hi' } },
      { ...inbound, sig, to: ['1'] },
    ]) {
      const verifier = verifierWith();
      for (const verifying of [
        verifier.verifySmsParams(nested),
        verifier.verifySms(json(JSON.stringify(nested))),
      ]) {
        const { code, message } = await rejection(verifying);
        expect(code).toBe('ERR_WEBHOOK_MALFORMED');
        expect(message).toMatch(/Voice, Messages and Dispatch .*verify\(\)/);
      }
    }
  });

  // docs/threat-model.md#oversized-input
  test('more parameters than the platform sends are refused before they are sorted', async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`p${index}`, '']));
    const verifier = verifierWith({
      secrets: () => {
        throw new Error('The secrets were looked up.');
      },
    });
    const callback = { ...signed(inbound), ...many };
    expect((await rejection(verifier.verifySmsParams(callback))).code).toBe(
      'ERR_WEBHOOK_MALFORMED',
    );
  });

  test('a name that looks like several parameters is refused, although its signature is valid', async () => {
    const params = signed({ timestamp: String(time), a: '1', b: '2' });
    const { a, b, ...others } = params;
    const joined = { ...others, [`a=${a}&b`]: b };
    expect((await rejection(verifierWith().verifySmsParams(joined))).code).toBe(
      'ERR_WEBHOOK_MALFORMED',
    );
  });
});

test('the error for a wrong SMS signature names the secret and signatureMethod', async () => {
  const params = signed(inbound, 'sha256');
  const { message } = await rejection(verifierWith().verifySmsParams(params), [secret]);
  expect(message).toMatch(/signature secret .*signatureMethod \(md5hash\)/);
});

describe('with the right secret and another signatureMethod', () => {
  const verified = (sig: SignatureMethod, signatureMethod: SignatureMethod) =>
    verifierWith({ signatureMethod }).verifySmsParams(signed(inbound, sig));
  const all = Object.keys(methods) as SignatureMethod[];
  const pairs = all.flatMap((sig) =>
    all
      .filter((other) => other !== sig)
      .map((other): [SignatureMethod, SignatureMethod] => [sig, other]),
  );

  test.each(pairs)(
    'a signature by %s is refused by a verifier for %s, and the error names the right method',
    async (sig, other) => {
      const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
      const { code, message } = await rejection(verified(sig, other), [secret]);
      expect(code).toBe('ERR_WEBHOOK_SIGNATURE');
      expect(message).toContain(`Set signatureMethod to '${sig}'`);
      expect(message).not.toContain('API secret');
      warning.mockRestore();
    },
  );

  test('the operator is warned once, since the HTTP answer does not name the method', async () => {
    jest.resetModules();
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
    const own = jest.requireActual<typeof import('../../src')>('../../src');
    const verifier = new own.WebhookVerifier({ secrets: ['other', secret], now });
    for (let count = 0; count < 2; count += 1) {
      await verifier.verifySmsParams(signed(inbound, 'sha512')).catch(() => undefined);
    }
    expect(warning.mock.calls).toEqual([
      [
        expect.stringContaining("Set signatureMethod to 'sha512'"),
        { type: 'NexmoAuthWarning', code: 'NEXMO_AUTH_SIGNATURE_METHOD' },
      ],
    ]);
    warning.mockRestore();
  });

  test('the error for a forgery names no other method, and there is no warning', async () => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation();
    const forgery = { ...inbound, sig: methods.sha256('other') };
    const { message } = await rejection(verifierWith().verifySmsParams(forgery), [secret]);
    expect(message).toMatch(/API secret\? Is signatureMethod \(md5hash\)/);
    expect(warning).not.toHaveBeenCalled();
    warning.mockRestore();
  });
});

describe('the look-up of the secret', () => {
  test.each(['api-key', 'api_key'])('uses the account that %s names', async (name) => {
    const { 'api-key': apiKey, ...others } = inbound;
    const params = signed({ ...others, [name]: apiKey });
    const lookups: unknown[] = [];
    const secrets = (...account: unknown[]) => {
      lookups.push(account);
      return secret;
    };
    expect(await verifierWith({ secrets }).verifySmsParams(params)).toEqual(params);
    expect(lookups).toEqual([[held.apiKey, undefined]]);
  });

  test('gets undefined for a callback that names no account', async () => {
    const { 'api-key': apiKey, ...others } = inbound;
    const lookups: unknown[] = [];
    const secrets = (account: string | undefined) => {
      lookups.push(account);
      return account === apiKey ? undefined : secret;
    };
    const params = signed(others);
    expect(await verifierWith({ secrets }).verifySmsParams(params)).toEqual(params);
    expect(lookups).toEqual([undefined]);
    const none = verifierWith({ secrets: () => undefined });
    const { code, message } = await rejection(none.verifySmsParams(params));
    expect(code).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
    expect(message).toContain('names no account');
  });

  // docs/threat-model.md#unknown-accounts
  test('refuses a callback that names an unknown account or an empty one', async () => {
    const { 'api-key': apiKey, ...others } = inbound;
    const generous = verifierWith({ secrets: () => secret });
    const nameless = { ...others, 'api-key': '' };
    const { code: codeOfNameless } = await rejection(generous.verifySmsParams(signed(nameless)));
    expect(codeOfNameless).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
    const secrets = (account: string) => (account === apiKey ? secret : undefined);
    for (const params of [others, { ...others, 'api-key': '' }, { ...others, 'api-key': 'x' }]) {
      const { code } = await rejection(verifierWith({ secrets }).verifySmsParams(signed(params)));
      expect(code).toBe('ERR_WEBHOOK_UNKNOWN_ACCOUNT');
    }
  });

  test('tries each of several secrets during a rotation', async () => {
    const verifier = verifierWith({ secrets: ['OtherSecret12345', secret] });
    expect(await verifier.verifySmsParams(signed(inbound))).toEqual(signed(inbound));
  });
});

// docs/threat-model.md#replayed-callbacks
describe('each SMS callback is accepted once', () => {
  const guarded = () => verifierWith({ replayGuard: new MemoryReplayGuard({ now }) });
  const codeOf = async (verifier: WebhookVerifier, params: object) =>
    (await rejection(verifier.verifySmsParams(params), [secret])).code;

  test('by GET, form and JSON alike', async () => {
    const verifier = guarded();
    const params = signed(inbound);
    await verifier.verifySmsParams(params);
    for (const requestOf of Object.values(ways)) {
      const { code } = await rejection(verifier.verifySms(requestOf(params)), [secret]);
      expect(code).toBe('ERR_WEBHOOK_HANDLED');
    }
  });

  test('with sig in upper case, and with _ for & or = in a value', async () => {
    const verifier = guarded();
    const params = signed(inbound);
    await verifier.verifySmsParams(params);
    const capitals = { ...params, sig: params.sig.toUpperCase() };
    expect(await codeOf(verifier, capitals)).toBe('ERR_WEBHOOK_HANDLED');
    const replaced = { ...params, text: params.text.replace('&', '_') };
    expect(await codeOf(verifier, replaced)).toBe('ERR_WEBHOOK_HANDLED');
    const account = signed({ ...inbound, 'api-key': 'abcd_123' });
    await verifier.verifySmsParams(account);
    const copy = { ...account, 'api-key': 'abcd&123' };
    expect(await codeOf(verifier, copy)).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('but another message with the same text is accepted', async () => {
    const verifier = guarded();
    await verifier.verifySmsParams(signed(inbound));
    const other = signed({ ...inbound, nonce: 'other' });
    expect(await verifier.verifySmsParams(other)).toEqual(other);
  });

  test('also if it names no account', async () => {
    const { 'api-key': apiKey, ...others } = inbound;
    const verifier = guarded();
    expect(apiKey).toBe(held.apiKey);
    await verifier.verifySmsParams(signed(others));
    expect(await codeOf(verifier, signed(others))).toBe('ERR_WEBHOOK_HANDLED');
  });

  test('unless it was released because its handler failed', async () => {
    const verifier = guarded();
    const { content, release } = await verifier.receiveSmsParams(signed(inbound));
    expect(content).toEqual(signed(inbound));
    expect(await codeOf(verifier, signed(inbound))).toBe('ERR_WEBHOOK_PENDING');
    await release();
    expect(await verifier.verifySmsParams(signed(inbound))).toEqual(signed(inbound));
  });
});
