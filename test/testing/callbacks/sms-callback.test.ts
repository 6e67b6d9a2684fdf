import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  type SandboxSignatureMethod,
  signSmsCallback,
  type SignSmsCallbackOptions,
  type SmsCallbackFormat,
  startSandbox,
} from '../../../src/testing';
import { held } from '../../support/account';
import { anyCharacter } from '../../support/characters';
import { failure } from '../../support/errors';
import { time } from '../client';
import { type Received, startReceiver } from './receiver';

const { apiKey, signatureSecret: secret } = held;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the signature of an SMS callback', () => {
  // nexmo-node 2.x signs the parameters without adding a timestamp or nonce.
  test.each<[SandboxSignatureMethod, Record<string, string>, string]>([
    ['md5hash', {}, '5ebe2294ecd0e0f08eab7690d2a6ee69'],
    ['md5', {}, '5c8db03f04cec0f43bcb060023914190'],
    ['sha1', {}, '25af6174a0fcecc4d346680a72b7ce644b9a88e8'],
    ['sha256', {}, 'f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169'],
    ['md5hash', { from: 'NEXMO' }, '2cdd20a2a0f7270545a98b3ccb87ba51'],
  ])('is that of nexmo-node: %s of %j', (signatureMethod, given, sig) => {
    const params = { ...given, timestamp: undefined, nonce: undefined };
    const signed = signSmsCallback({ secret: 'secret', signatureMethod, params });
    expect(signed.params).toEqual({ ...given, sig });
  });

  // S='&api-key=abcd1234&msisdn=447700900001&nonce=one&text=a_b_c é&timestamp=1500000000'
  // printf '%s' "${S}SignatureSecret1" | md5sum; printf '%s' "$S" | openssl dgst -md5 -hmac SignatureSecret1
  test.each<[SandboxSignatureMethod, string]>([
    ['md5hash', '805b2a48ee13c42f059385897280dde4'],
    ['md5', 'e0b4fc777a0417eeffaab56b5d77400c'],
    ['sha1', '3b53da31ad9a5b16735b81268920cde082eae263'],
    ['sha256', '21bd87168b7ee4d1a044ca1506e554e59c90e6a85623755b1ae70efe7202963a'],
    [
      'sha512',
      'b34a2a0c2b2d88d4272457d3cb0b78371d0da5c947c586c55f1ae5766a057185939d2a881da07ad3cb63607e91b1adcf1ab04e2fa8284f0df7e5a051e773374c',
    ],
  ])('is that of openssl: %s', (signatureMethod, sig) => {
    const params = { text: 'a&b=c é', msisdn: 447700900001, sig: 'replaced' };
    const stamps = { timestamp: time, nonce: 'one' };
    const given = { secret, apiKey, signatureMethod, params, ...stamps };
    const all = {
      'api-key': 'abcd1234',
      timestamp: '1500000000',
      nonce: 'one',
      text: 'a&b=c é',
      msisdn: '447700900001',
    };
    expect(signSmsCallback(given).params).toEqual({ ...all, sig });
    const inCapitals = signSmsCallback({ ...given, capitals: true });
    expect(inCapitals.params).toEqual({ ...all, sig: sig.toUpperCase() });
  });

  // printf '&\xef\xbf\xae=2&\xf0\x9f\x98\x80=1secret' | md5sum
  test('sorts names by their bytes in UTF-8, not by their units in UTF-16', () => {
    const params = { '\u{1f600}': '1', '\uffee': '2', timestamp: undefined, nonce: undefined };
    const { sig } = signSmsCallback({ secret: 'secret', params }).params;
    expect(sig).toBe('3a9deb0e7e484444da46927593d60111');
  });
});

describe('an SMS callback', () => {
  test('has the current time and a new nonce', () => {
    const stamped = { secret, params: {}, now: () => time * 1000 + 999 };
    const [one, other] = [signSmsCallback(stamped).params, signSmsCallback(stamped).params];
    expect(Object.keys(one)).toEqual(['timestamp', 'nonce', 'sig']);
    expect(one['timestamp']).toBe(String(time));
    expect(one['nonce']).toMatch(uuid);
    expect(one['nonce']).not.toBe(other['nonce']);
    const timestamp = Number(signSmsCallback({ secret, params: {} }).params['timestamp']);
    expect(Math.abs(Date.now() / 1000 - timestamp)).toBeLessThan(5);
  });

  const stamps = { timestamp: time, nonce: 'one' };
  const params = { text: 'a b', ok: true, 'api-key': 'other', none: undefined };
  const sig = createHash('md5')
    .update(`&api-key=other&nonce=one&ok=true&text=a b&timestamp=${time}${secret}`)
    .digest('hex');
  const form = `api-key=other&timestamp=${time}&nonce=one&text=a+b&ok=true&sig=${sig}`;
  const json = `{"api-key":"other","timestamp":"${time}","nonce":"one","text":"a b","ok":"true","sig":"${sig}"}`;
  const url = 'http://127.0.0.1:3000/sms';
  const content = (type: string, body: string) => ({
    headers: { 'content-type': type, 'content-length': String(body.length) },
    rawBody: Buffer.from(body),
  });

  test.each<[SmsCallbackFormat | undefined, object]>([
    [undefined, { method: 'GET', url: `${url}?${form}`, headers: {}, rawBody: Buffer.alloc(0) }],
    ['query', { method: 'GET', url: `${url}?${form}`, headers: {}, rawBody: Buffer.alloc(0) }],
    ['form', { method: 'POST', url, ...content('application/x-www-form-urlencoded', form) }],
    ['json', { method: 'POST', url, ...content('application/json', json) }],
  ])('is sent as %s', (as, expected) => {
    const { params: sent, ...callback } = signSmsCallback({ secret, params, as, url, ...stamps });
    expect(callback).toEqual(expected);
    expect(sent).toEqual(JSON.parse(json));
  });
});

/** Steps 2 to 4 of the platform's guide "Signing messages", in an independent implementation. */
function independent(
  params: ReadonlyMap<string, string>,
  method: SandboxSignatureMethod,
  key: string,
): string {
  const names = [...params.keys()].map((name) => Buffer.from(name)).sort((a, b) => a.compare(b));
  const pieces = names.map((name) => {
    const value = params.get(name.toString()) ?? '';
    return Buffer.concat([
      Buffer.from('&'),
      name,
      Buffer.from(`=${value.split('&').join('_').split('=').join('_')}`),
    ]);
  });
  const text = Buffer.concat(pieces);
  if (method !== 'md5hash') return createHmac(method, key).update(text).digest('hex');
  return createHash('md5').update(text).update(key).digest('hex');
}

describe('any parameters arrive with the signature of an independent implementation', () => {
  const read: Record<SmsCallbackFormat, (received: Received) => Map<string, string>> = {
    query: ({ url }) => new Map(new URL(url, 'http://127.0.0.1').searchParams),
    form: ({ body }) => new Map(new URLSearchParams(body.toString())),
    json: ({ body }) => new Map(Object.entries(JSON.parse(body.toString()) as object)),
  };
  const text = fc.string({ unit: anyCharacter });
  const name = text.filter((given) => !/[&=]/.test(given) && given !== 'sig');
  const methods = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'] as const;

  test.each<SmsCallbackFormat>(['query', 'form', 'json'])('as %s', async (as) => {
    const sandbox = await startSandbox();
    const receiver = await startReceiver();
    const params = fc.dictionary(name, text);
    const key = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(
        params,
        fc.constantFrom(...methods),
        key,
        fc.boolean(),
        async (given, signatureMethod, secret, capitals) => {
          const options = { secret, apiKey, signatureMethod, params: given, as, capitals };
          await sandbox.deliver(signSmsCallback(options), { to: receiver.url });
          const [arrived] = receiver.received.splice(0);
          if (arrived === undefined) throw new Error('Nothing arrived.');
          const params = read[as](arrived);
          const sig = params.get('sig');
          params.delete('sig');
          const expected = independent(params, signatureMethod, secret);
          expect(sig).toBe(capitals ? expected.toUpperCase() : expected);
          for (const [field, value] of Object.entries(given)) {
            expect(params.get(field)).toBe(value);
          }
          const added = ['api-key', 'timestamp', 'nonce'];
          expect(new Set(params.keys())).toEqual(new Set([...added, ...Object.keys(given)]));
        },
      ),
    );
    await receiver.close();
    await sandbox.close();
  });
});

describe('signSmsCallback refuses', () => {
  const good = { secret, params: {} };
  test.each<[string, string, unknown]>([
    ['options of undefined', 'ERR_INVALID_OPTION', undefined],
    ['an option that it does not have', 'ERR_INVALID_OPTION', { ...good, method: 'md5' }],
    ['a missing secret', 'ERR_INVALID_CREDENTIAL', { params: {} }],
    ['an empty secret', 'ERR_INVALID_CREDENTIAL', { ...good, secret: '' }],
    ['a NUL in the secret', 'ERR_CONTROL_CHARACTER', { ...good, secret: `${secret}\0` }],
    ['an empty apiKey', 'ERR_INVALID_CREDENTIAL', { ...good, apiKey: '' }],
    ['an unknown signature method', 'ERR_INVALID_OPTION', { ...good, signatureMethod: 'md4' }],
    ['missing params', 'ERR_INVALID_OPTION', { secret }],
    [
      'params that are URLSearchParams',
      'ERR_INVALID_OPTION',
      { secret, params: new URLSearchParams() },
    ],
    ['a value that is a list', 'ERR_INVALID_PARAMETER', { secret, params: { a: ['sesame-1'] } }],
    ['a value that is null', 'ERR_INVALID_PARAMETER', { secret, params: { a: null } }],
    ['a lone surrogate', 'ERR_INVALID_PARAMETER', { secret, params: { a: 'sesame-1\ud800' } }],
    ['a lone surrogate in a name', 'ERR_INVALID_PARAMETER', { secret, params: { '\ud800': '1' } }],
    ['an unknown format', 'ERR_INVALID_OPTION', { ...good, as: 'POST' }],
    [
      'a format with the name of a method of every object',
      'ERR_INVALID_OPTION',
      { ...good, as: 'toString' },
    ],
    ['a URL with a query', 'ERR_INVALID_OPTION', { ...good, url: '/sms?a=sesame-1' }],
    ['a text that is not a URL', 'ERR_INVALID_OPTION', { ...good, url: 'sesame-1' }],
    ['a timestamp of 1.5 seconds', 'ERR_INVALID_OPTION', { ...good, timestamp: 1.5 }],
    ['a timestamp of text', 'ERR_INVALID_OPTION', { ...good, timestamp: String(time) }],
    ['an empty nonce', 'ERR_INVALID_OPTION', { ...good, nonce: '' }],
    ['capitals that are a text', 'ERR_INVALID_OPTION', { ...good, capitals: 'yes' }],
    ['a clock that is a number', 'ERR_INVALID_OPTION', { ...good, now: time }],
  ])('%s', (_what, code, options) => {
    const given = options as SignSmsCallbackOptions;
    expect(failure(() => signSmsCallback(given), [secret, 'sesame-1']).code).toBe(code);
  });
});
