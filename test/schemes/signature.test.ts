import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { Credentials, type SignatureMethod, signParams, verifyParams } from '../../src';
import { signature } from '../../src/schemes/signature';
import { signatureOf } from '../../src/schemes/sms-signature';
import { failure } from '../support/errors';
import { runs } from '../support/runs';

const secret = 'SignatureSecret1';
const time = 1_500_000_000;
const now = () => time * 1000;
const methods: SignatureMethod[] = ['md5hash', 'md5', 'sha1', 'sha256', 'sha512'];

/** A second implementation of the platform's guide "Signing messages". It uses no code of this package. */
function byTheGuide(
  parameters: Record<string, string>,
  key: string,
  method: SignatureMethod,
): string {
  const names = Object.keys(parameters).sort((a, b) => Buffer.from(a).compare(Buffer.from(b)));
  let text = '';
  for (const name of names)
    text += '&' + name + '=' + String(parameters[name]).split('&').join('_').split('=').join('_');
  return method === 'md5hash'
    ? createHash('md5')
        .update(Buffer.from(text + key))
        .digest('hex')
    : createHmac(method, key).update(Buffer.from(text)).digest('hex');
}

describe('a signature equals the known answer of nexmo-node 2.x:', () => {
  test.each<[SignatureMethod, string]>([
    ['md5hash', '5ebe2294ecd0e0f08eab7690d2a6ee69'],
    ['md5', '5c8db03f04cec0f43bcb060023914190'],
    ['sha1', '25af6174a0fcecc4d346680a72b7ce644b9a88e8'],
    ['sha256', 'f9e66e179b6747ae54108f82f8ade8b3c25d76fd30afde6c395822c530196169'],
  ])('no parameters, %s', (method, expected) => {
    expect(signatureOf([], 'secret', method)).toBe(expected);
  });

  test('from=NEXMO, md5hash', () => {
    expect(signatureOf([['from', 'NEXMO']], 'secret', 'md5hash')).toBe(
      '2cdd20a2a0f7270545a98b3ccb87ba51',
    );
  });

  test('for sha512, an HMAC of node:crypto instead', () => {
    const expected = createHmac('sha512', 'secret').update('&a=1').digest('hex');
    expect(signatureOf([['a', '1']], 'secret', 'sha512')).toBe(expected);
  });
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '&', '=', '&=&', 'a=b&c', 'ä€😀', ' '),
);
const parameters = fc.dictionary(
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('to', 'text', '😀', '\uFFFD')),
  text,
  { noNullPrototype: true },
);
const cleaned = parameters.map(({ sig, timestamp, ...rest }) => rest);

test('signParams follows the guide, for any parameters and each method', () => {
  fc.assert(
    fc.property(
      cleaned,
      fc.string({ minLength: 1, unit: 'grapheme-ascii' }).filter((text) => text.trim() === text),
      fc.constantFrom(...methods),
      (params, key, method) => {
        const { sig, ...rest } = signParams(params, { secret: key, method, now });
        expect(rest).toEqual({ ...params, timestamp: String(time) });
        expect(sig).toBe(byTheGuide(rest, key, method));
      },
    ),
    { numRuns: runs(1000) },
  );
});

test('signed parameters verify, even with sig in capitals, and any change is refused', () => {
  fc.assert(
    fc.property(cleaned, text, fc.constantFrom(...methods), (params, other, method) => {
      fc.pre(!Object.keys(params).some((name) => /[&=]/.test(name)));
      const signed = signParams(params, { secret, method, now });
      const check = (changed: object) => {
        verifyParams(changed, { secret, method, now });
      };
      check(signed);
      check({ ...signed, sig: String(signed['sig']).toUpperCase() });
      check(new URLSearchParams(signed));
      expect(
        failure(() => {
          check({ ...signed, added: other });
        }).code,
      ).toBe('ERR_SIGNATURE_INVALID');
      for (const name of Object.keys(params)) {
        // Before signing, & and = are replaced by _, so a change from one of the three to another cannot be seen.
        if (other.replace(/[&=]/g, '_') === String(params[name]).replace(/[&=]/g, '_')) continue;
        expect(
          failure(() => {
            check({ ...signed, [name]: other });
          }).code,
        ).toBe('ERR_SIGNATURE_INVALID');
      }
    }),
  );
});

describe('signParams', () => {
  const options = { secret, method: 'sha256' as const };

  test('does not change its input, drops unset values, and replaces a sig', () => {
    const params = Object.freeze({
      to: 447700900000,
      flash: true,
      none: null,
      unset: undefined,
      sig: 'old',
    });
    const signed = signParams(params, { ...options, timestamp: time });
    expect(Object.keys(signed).sort()).toEqual(['flash', 'sig', 'timestamp', 'to']);
    expect(signed).toMatchObject({ to: '447700900000', flash: 'true', timestamp: String(time) });
    expect(signed['sig']).not.toBe('old');
  });

  test('takes the timestamp from the parameters, the option or the clock', () => {
    expect(signParams({ timestamp: '1' }, { ...options, timestamp: 2, now })['timestamp']).toBe(
      '1',
    );
    expect(signParams({}, { ...options, timestamp: 2, now })['timestamp']).toBe('2');
    expect(signParams({}, { ...options, now })['timestamp']).toBe(String(time));
    expect(Math.abs(Number(signParams({}, options)['timestamp']) - Date.now() / 1000)).toBeLessThan(
      60,
    );
  });

  test.each<[string, object, string]>([
    ['a list', { list: ['a', 'b'] }, 'ERR_INVALID_PARAMETER'],
    ['an object', { deep: {} }, 'ERR_INVALID_PARAMETER'],
    ['half a character in a value', { text: 'a\uD83D' }, 'ERR_INVALID_PARAMETER'],
    ['half a character in a name', { 'a\uDE00': 'x' }, 'ERR_INVALID_PARAMETER'],
    ['a parameter twice', new URLSearchParams('a=1&a=2'), 'ERR_INVALID_PARAMETER'],
    ['a text in place of an object', 'to=1' as never, 'ERR_INVALID_PARAMETER'],
  ])('refuses %s', (_name, params, code) => {
    expect(failure(() => signParams(params, options), [secret]).code).toBe(code);
  });

  test.each<[string, object, string]>([
    ['an empty secret', { secret: '' }, 'ERR_INVALID_CREDENTIAL'],
    ['a secret with a line break', { secret: `${secret}\n` }, 'ERR_CONTROL_CHARACTER'],
    ['a method that does not exist', { method: 'sha-256' }, 'ERR_INVALID_OPTION'],
    ['a timestamp with a fraction', { timestamp: 1.5 }, 'ERR_INVALID_OPTION'],
    ['a clock that is not a function', { now: 1 }, 'ERR_INVALID_OPTION'],
    ['an option that does not exist', { algorithm: 'md5' }, 'ERR_INVALID_OPTION'],
  ])('refuses %s', (_name, changed, code) => {
    expect(failure(() => signParams({}, { ...options, ...changed }), [secret]).code).toBe(code);
    if ('timestamp' in changed) return;
    const verify = () => {
      verifyParams({}, { ...options, ...changed });
    };
    expect(failure(verify, [secret]).code).toBe(code);
  });

  test('refuses invalid options', () => {
    expect(failure(() => signParams({}, null as never)).code).toBe('ERR_INVALID_OPTION');
    expect(
      failure(() => {
        verifyParams({}, null as never);
      }).code,
    ).toBe('ERR_INVALID_OPTION');
  });
});

describe('verifyParams', () => {
  const options = { secret, method: 'md5hash' as const };
  const signed = signParams(
    { msisdn: '447700900000', text: 'Hello', nonce: 'n' },
    { ...options, now },
  );
  const codeOf = (params: object, more = {}) =>
    failure(() => {
      verifyParams(params, { ...options, now, ...more });
    }, [secret]).code;
  const at = (seconds: number) => ({ now: () => (time + seconds) * 1000 });

  test('refuses a name that hides another parameter', () => {
    const sent = signParams({ msisdn: '447700900000', nonce: 'n-1', text: 'pay' }, { secret });
    const { msisdn, nonce, ...rest } = sent;
    const merged = { ...rest, [`msisdn=${String(msisdn)}&nonce`]: nonce };
    const { code, message } = failure(() => {
      verifyParams(merged, { secret });
    });
    expect(code).toBe('ERR_INVALID_PARAMETER');
    expect(message).toContain('hide another parameter');
  });

  test('refuses a parameter that is not signed: null, undefined or inherited', () => {
    const sent = signParams({ text: 'pay' }, { secret });
    const inherited = Object.assign(Object.create({ admin: 'yes' }) as object, sent);
    for (const params of [{ ...sent, admin: null }, { ...sent, admin: undefined }, inherited]) {
      const { code, message } = failure(() => {
        verifyParams(params, { secret });
      });
      expect(code).toBe('ERR_INVALID_PARAMETER');
      expect(message).toContain('The parameter admin');
    }
    verifyParams(new URLSearchParams(sent), { secret });
  });

  test('allows 300 seconds either way, or the given tolerance', () => {
    for (const seconds of [-300, 0, 300]) verifyParams(signed, { ...options, ...at(seconds) });
    for (const seconds of [-301, 301])
      expect(codeOf(signed, at(seconds))).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
    verifyParams(signed, { ...options, ...at(10), tolerance: 10 });
    expect(codeOf(signed, { ...at(11), tolerance: 10 })).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
    expect(codeOf(signed, { ...at(1), tolerance: 0 })).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
  });

  test('uses the system clock by default', () => {
    expect(
      failure(() => {
        verifyParams(signed, options);
      }).code,
    ).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
    verifyParams(signParams({}, options), options);
  });

  test('refuses parameters whose signature is missing, wrong, or by another secret or method', () => {
    const { sig, ...unsigned } = signed;
    expect(codeOf(unsigned)).toBe('ERR_SIGNATURE_MISSING');
    expect(codeOf({ sig: signed['sig'] })).toBe('ERR_SIGNATURE_MISSING');
    expect(codeOf({ ...signed, sig: '' })).toBe('ERR_SIGNATURE_INVALID');
    expect(codeOf({ ...signed, sig: `${String(signed['sig'])}0` })).toBe('ERR_SIGNATURE_INVALID');
    expect(codeOf(signed, { secret: 'another' })).toBe('ERR_SIGNATURE_INVALID');
    expect(codeOf(signed, { method: 'md5' })).toBe('ERR_SIGNATURE_INVALID');
    expect(codeOf({ ...signed, deep: {} })).toBe('ERR_INVALID_PARAMETER');
  });

  test('names the right method if only the method is wrong', () => {
    const check = (changes: object) => () => {
      verifyParams(signed, { ...options, ...at(0), ...changes });
    };
    expect(failure(check({ method: 'md5' })).message).toContain("Set method to 'md5hash'");
    expect(failure(check({ secret: 'another' })).message).toContain(
      'Check the secret and the method',
    );
  });

  test.each(['soon', '-1', '1e9', ''])(
    'refuses the timestamp "%s" although it is signed',
    (timestamp) => {
      const params = signParams({ timestamp }, options);
      expect(codeOf(params)).toBe('ERR_TIMESTAMP_OUT_OF_TOLERANCE');
    },
  );

  test.each([NaN, Infinity, -1, 1.5, '300'])('refuses a tolerance of %p', (tolerance) => {
    expect(codeOf(signed, { tolerance })).toBe('ERR_INVALID_OPTION');
  });
});

describe('the signature scheme', () => {
  const credentials = new Credentials({
    apiKey: 'abcd1234',
    apiSecret: 'ABCDEFGH01234abc',
    signatureSecret: secret,
    signatureMethod: 'sha1',
  });
  const context = { token: '', now: () => time, nonce: () => '' };
  const url = 'https://rest.nexmo.com/sms/json';
  const sent = { api_key: 'abcd1234', timestamp: String(time) };

  test('signs query and params, and adds the signature to params', () => {
    const request = {
      url: `${url}?from=a%26b`,
      params: { text: 'x=y', none: undefined },
      headers: {},
    };
    const sig = byTheGuide({ ...sent, from: 'a&b', text: 'x=y' }, secret, 'sha1');
    expect(signature(request, credentials, context).request).toEqual({
      ...request,
      params: { ...request.params, ...sent, sig },
    });
  });

  test('signs query and body, and adds the signature to the body', () => {
    const request = { url, params: { from: 'a' }, data: { text: 'x', flash: 1 }, headers: {} };
    const sig = byTheGuide({ ...sent, from: 'a', text: 'x', flash: '1' }, secret, 'sha1');
    expect(signature(request, credentials, context).request).toEqual({
      ...request,
      data: { ...request.data, ...sent, sig },
    });
  });

  test('signs any parameters as they are sent in query, form and JSON', () => {
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).map((name) => `x${name}`);
    const values = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(names, values, { noNullPrototype: true, minKeys: 1 }), (fields) => {
        const { sig } = signParams({ ...fields, ...sent }, { secret, method: 'sha1' });
        expect(sig).toBe(byTheGuide({ ...fields, ...sent }, secret, 'sha1'));
        const form = new URLSearchParams(fields).toString();
        const json = JSON.stringify(fields);
        const post = { method: 'POST', url, headers: {} };
        const { request: inQuery } = signature(
          { url: `${url}?${form}`, headers: {} },
          credentials,
          context,
        );
        expect(inQuery.params).toEqual({ ...sent, sig });
        const { request: inForm } = signature({ ...post, data: form }, credentials, context);
        expect(Object.fromEntries(new URLSearchParams(String(inForm.data)))).toEqual({
          ...fields,
          ...sent,
          sig,
        });
        const { request: inJson } = signature({ ...post, data: json }, credentials, context);
        expect(JSON.parse(String(inJson.data))).toEqual({ ...fields, ...sent, sig });
      }),
      { numRuns: runs(1000) },
    );
  });

  test('keeps an existing timestamp', () => {
    const { request, secrets } = signature(
      { url, params: { timestamp: '5' }, headers: {} },
      credentials,
      context,
    );
    const { params } = request;
    expect(secrets).toEqual([byTheGuide({ api_key: 'abcd1234', timestamp: '5' }, secret, 'sha1')]);
    expect(params).toEqual({
      api_key: 'abcd1234',
      timestamp: '5',
      sig: byTheGuide({ api_key: 'abcd1234', timestamp: '5' }, secret, 'sha1'),
    });
  });

  test.each<[string, object]>([
    ['that is in query and body', { url: `${url}?a=1`, data: 'a=2' }],
    ['that is a number which servers round', { data: '{"to":12345678901234567890}' }],
    ['that is the number 1.0, which JSON.stringify writes as 1', { data: '{"to":1.0}' }],
    ['that is twice in JSON', { data: '{"to":"1","to":"2"}' }],
    ['that is twice in JSON, escaped', { data: '{"to":"1","t\\u006f":"2"}' }],
    ['that is NaN, which JSON sends as null', { data: { to: NaN } }],
    ['that is infinite', { params: { to: -Infinity } }],
    ['that is null in JSON, which is sent', { data: '{"text":"x","client-ref":null}' }],
    ['that is null in an object body', { data: { text: 'x', ref: null } }],
    ['that is there twice', { url: `${url}?a=1&a=2` }],
    ['that has a lone surrogate', { url, params: { a: '\uD83D' } }],
  ])('refuses a parameter %s', (_name, request) => {
    const sign = () => signature({ url, headers: {}, ...request }, credentials, context);
    expect(failure(sign, [secret]).code).toBe('ERR_INVALID_PARAMETER');
  });
});

describe('the signature method of signParams and verifyParams', () => {
  const params = { to: '447700900000' };

  test('is md5hash by default, as in Credentials and WebhookVerifier', () => {
    const signed = signParams(params, { secret, now });
    expect(signed).toEqual(signParams(params, { secret, now, method: 'md5hash' }));
    expect(signed['sig']).toBe(
      byTheGuide({ ...params, timestamp: String(time) }, secret, 'md5hash'),
    );
    expect(() => {
      verifyParams(signed, { secret, now });
    }).not.toThrow();
  });

  test('is named by its option in an error', () => {
    const method = 'sha3' as SignatureMethod;
    for (const run of [
      () => signParams(params, { secret, method }),
      () => {
        verifyParams(params, { secret, method });
      },
    ]) {
      const { code, message } = failure(run, [secret]);
      expect(code).toBe('ERR_INVALID_OPTION');
      expect(message).toMatch(/^method must be one of md5hash, /);
    }
  });
});

test('the error for an unsigned parameter shows no value that is part of its name', () => {
  const verify = () => {
    verifyParams({ 'api_secret=hunter2\r\n': null }, { secret, now });
  };
  expect(failure(verify, ['hunter2']).code).toBe('ERR_INVALID_PARAMETER');
});
