import { Credentials } from '../../src';
import { bearer } from '../../src/schemes/bearer';
import { query } from '../../src/schemes/key-secret';

const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
const url = 'https://host.test/';
const headers = {};

test('query adds api_key and api_secret to the parameters', () => {
  const expected = { api_key: 'abcd1234', api_secret: 'ABCDEFGH01234abc' };
  expect(query({ url, headers }, credentials)).toEqual({ url, headers, params: expected });
  expect(query({ url, headers, params: { a: [1, 2] } }, credentials).params).toEqual({
    a: [1, 2],
    ...expected,
  });
});

test('bearer adds an Authorization header (RFC 6750, section 2.1)', () => {
  const context = { token: () => 'mF_9.B5f-4.1JqM', now: () => 0 };
  const request = bearer({ url, headers: { accept: '*/*' } }, credentials, context);
  expect(request.headers).toEqual({ accept: '*/*', Authorization: 'Bearer mF_9.B5f-4.1JqM' });
});
