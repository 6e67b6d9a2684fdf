import fc from 'fast-check';
import { attachedSecrets, redact } from '../../src/injector/redact';

const request = { url: 'https://host.test/', headers: {} };

test('the secrets of a request are its api_secret, token or signature, not its key', () => {
  const params = { api_key: 'key', api_secret: 'secret', a: 1 };
  expect(attachedSecrets({ ...request, params }, undefined)).toEqual(['secret']);
  expect(attachedSecrets({ ...request, params: { sig: 'signature' } }, undefined)).toEqual([
    'signature',
  ]);
  const bearer = { Authorization: 'Bearer token' };
  expect(attachedSecrets({ ...request, headers: bearer }, undefined)).toEqual(['token']);
  // RFC 7617, section 2.
  const basic = { Authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' };
  expect(attachedSecrets({ ...request, headers: basic }, undefined)).toEqual([
    'QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
    'open sesame',
  ]);
  // RFC 5849, section 1.2: the token and the signature, as they are once decoded.
  const oauth = {
    Authorization:
      'OAuth oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", ' +
      'oauth_signature_method="HMAC-SHA1", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
  };
  expect(attachedSecrets({ ...request, headers: oauth }, undefined)).toEqual([
    'nnch734d00sl2jdk',
    'MdpQcU8iPSUjWoN/UDMsK2sui9I=',
  ]);
  expect(attachedSecrets(request, undefined)).toEqual([]);
});

test('those in a body count only where a scheme has put them', () => {
  const data = 'text=x&api_key=key&api_secret=secret';
  expect(attachedSecrets({ ...request, data }, 'text=x')).toEqual(['secret']);
  expect(attachedSecrets({ ...request, data }, data)).toEqual([]);
});

test('a header named api_secret hides nothing', () => {
  const hidden = { ...request, params: { api_secret: 'secret' }, headers: { api_secret: 'other' } };
  expect(attachedSecrets(hidden, undefined)).toEqual(['secret']);
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

  test('but once, though one secret is in the other, or in what stands for it', () => {
    expect(redact('x abcdef acted', ['abc', 'abcdef', 'acted'])).toBe('x [redacted]def [redacted]');
  });

  test('from left to right where it overlaps itself', () => {
    expect(redact('abababa', ['aba'])).toBe('[redacted]b[redacted]');
    expect(redact('ababa', ['aba'])).toBe('[redacted]ba');
  });

  test('however long it is: an error of V8 for a pattern that is too large showed it', () => {
    const token = `eyJ${Buffer.alloc(200_000, 'AbCd%25-_09').toString()}`;
    for (const spelled of [
      token,
      encodeURIComponent(token),
      encodeURIComponent(encodeURIComponent(token)),
    ]) {
      expect(redact(`%20${spelled}%${spelled}x`, ['other', token])).toBe(
        '%20[redacted]%[redacted]x',
      );
    }
    const cut = `%20${token.slice(0, -1)}${token.slice(1)}`;
    expect(redact(cut, [token])).toBe(cut);
  });

  test('of percent signs and digits that look like encoded ones', () => {
    const character = fc.constantFrom('%', '2', '5', 'a', '+', ' ');
    const secrets = fc
      .array(character, { minLength: 3, maxLength: 200 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(secrets, (text) => {
        for (const spelled of [
          text,
          encodeURIComponent(text),
          encodeURIComponent(encodeURIComponent(text)),
        ]) {
          expect(redact(`<${spelled}>`, [text])).toBe('<[redacted]>');
        }
      }),
    );
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
