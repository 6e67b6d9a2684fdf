import fc from 'fast-check';
import { attachedSecrets, redact } from '../../src/http/redact';

test('the secrets of a request are its api_secret, token or signature, not its key', () => {
  const url = 'https://host.test/';
  const params = { api_key: 'key', api_secret: 'secret', a: 1 };
  expect(attachedSecrets({ url, params, headers: {} })).toEqual(['secret']);
  expect(attachedSecrets({ url, headers: { Authorization: 'Bearer token' } })).toEqual(['token']);
  expect(attachedSecrets({ url, params: { sig: 'signature' }, headers: {} })).toEqual([
    'signature',
  ]);
  expect(attachedSecrets({ url, headers: {} })).toEqual([]);
});

test('a header named api_secret hides nothing', () => {
  const request = { url: 'https://host.test/', params: { api_secret: 'secret' } };
  expect(attachedSecrets({ ...request, headers: { api_secret: 'other' } })).toEqual(['secret']);
});

describe('redact takes a secret out', () => {
  const secret = 'a+b c/ä€😀*(x)';
  test.each([
    ['as it is', secret],
    ['encoded by encodeURIComponent', encodeURIComponent(secret)],
    ['encoded as a form', new URLSearchParams([['s', secret]]).toString().slice(2)],
    ['encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['encoded in small letters', encodeURIComponent(secret).toLowerCase()],
    [
      'encoded in every character',
      Array.from(Buffer.from(secret), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
    ],
  ])('%s', (_how, text) => {
    expect(redact(`/path?a=${text}&b=${text}`, [secret])).toBe('/path?a=[redacted]&b=[redacted]');
  });

  test('and leaves any other text as it is', () => {
    expect(redact('nothing here', [secret])).toBe('nothing here');
    expect(redact('a.c', ['abc', 'a|c', 'a.d'])).toBe('a.c');
  });

  test('whatever the secret', () => {
    const secrets = fc
      .string({ unit: 'grapheme', minLength: 6 })
      .filter((text) => !'[redacted]'.includes(text));
    fc.assert(
      fc.property(secrets, (text) => {
        for (const spelled of [text, encodeURIComponent(text)]) {
          expect(redact(`<${spelled}>`, [text])).toBe('<[redacted]>');
        }
      }),
    );
  });
});
