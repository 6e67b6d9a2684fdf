import fc from 'fast-check';
import { bodyTypeOf } from '../../src/readers/media-type';

const form = 'application/x-www-form-urlencoded';

/** RFC 9110, sections 5.6.6, 8.3.1 and 8.3.2. */
test.each([
  ['application/json', 'json'],
  ['Application/JSON', 'json'],
  ['application/json;charset=utf-8', 'json'],
  ['application/json ; charset="UTF-8"', 'json'],
  ['application/json; charset=utf8; q=1', 'json'],
  ['application/json;', 'json'],
  [' \tapplication/json \t', 'json'],
  [form, 'form'],
  [`${form}; charset=utf-8`, 'form'],
  [`${form}; boundary="a;b"`, 'ambiguous'],
  [`${form}; json`, 'ambiguous'],
  [`${form}; charset=utf-16`, 'ambiguous'],
  [`${form}; charset=utf-8; charset=iso-8859-1`, 'ambiguous'],
  [`${form}; charset=`, 'ambiguous'],
  [`${form}, application/json`, 'ambiguous'],
  ['application/json; charset=iso-8859-1', 'ambiguous'],
  ['application/json; charset = utf-8', 'ambiguous'],
  ["application/json; charset*=utf-8''utf-7", 'ambiguous'],
  ['application/json; charset*0=ut; charset*1=f-7', 'ambiguous'],
  [`application/json; charset="'utf-8'"`, 'ambiguous'],
  ['application/json; x="charset=utf-7"', 'ambiguous'],
  [`${form}; charset=utf-8; x="charset=utf-7"`, 'ambiguous'],
  ['application/json\u00a0', 'ambiguous'],
  ['application/json charset=utf-8', 'ambiguous'],
  ['application/', 'ambiguous'],
  ['json', 'ambiguous'],
  [';', 'ambiguous'],
  ['', 'none'],
  ['text/plain; charset=utf-16', 'ambiguous'],
  ['text/plain;charset=utf-8, application/x-www-form-urlencoded', 'ambiguous'],
  ['text/plain;, application/x-www-form-urlencoded', 'ambiguous'],
  ['application/octet-stream;a=b,application/x-www-form-urlencoded', 'ambiguous'],
  ['text/plain;a, multipart/form-data; boundary=X', 'ambiguous'],
  ['text/plain;charset="utf-8, application/x-www-form-urlencoded"', 'ambiguous'],
  ['application/json; x="application/x-www-form-urlencoded"', 'ambiguous'],
  ['application/octet-stream', 'verbatim'],
  ['text/json', 'other'],
  ['application/problem+json', 'other'],
  ['application/jsonp', 'other'],
  ['multipart/form-data; boundary====x', 'other'],
  ['constructor/__proto__', 'other'],
])('the type of %j is %s', (contentType, type) => {
  expect(bodyTypeOf(contentType)).toBe(type);
});

test('whatever follows a media type and a semicolon, the type is never taken for another type', () => {
  const essence = fc.constantFrom('application/json', form, 'text/plain', 'image/png');
  fc.assert(
    fc.property(essence, fc.string(), (type, rest) => {
      const byEssence = bodyTypeOf(type);
      expect([byEssence, 'ambiguous']).toContain(bodyTypeOf(`${type};${rest}`));
    }),
  );
});
