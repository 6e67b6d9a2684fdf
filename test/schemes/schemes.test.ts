import { jwtVerify } from 'jose';
import { Credentials } from '../../src';
import { basic } from '../../src/schemes/basic';
import { bearer } from '../../src/schemes/bearer';
import { body, query } from '../../src/schemes/key-secret';
import { opentok } from '../../src/schemes/opentok';
import { opentok as project } from '../support/account';
import { failure } from '../support/errors';

const credentials = new Credentials({ apiKey: 'abcd1234', apiSecret: 'ABCDEFGH01234abc' });
const url = 'https://host.test/';
const headers = {};

test('query adds api_key and api_secret to the parameters', () => {
  const expected = { api_key: 'abcd1234', api_secret: 'ABCDEFGH01234abc' };
  expect(query({ url, headers }, credentials)).toEqual({
    request: { url, headers, params: expected },
    secrets: ['ABCDEFGH01234abc'],
  });
  const { request } = query({ url, headers, params: { a: [1, 2] } }, credentials);
  expect(request.params).toEqual({
    a: [1, 2],
    ...expected,
  });
});

test('bearer adds an Authorization header (RFC 6750, section 2.1)', () => {
  const context = { token: 'mF_9.B5f-4.1JqM', now: () => 0, nonce: () => '' };
  const { request, secrets } = bearer({ url, headers: { accept: '*/*' } }, credentials, context);
  expect(request.headers).toEqual({ accept: '*/*', Authorization: 'Bearer mF_9.B5f-4.1JqM' });
  expect(secrets).toEqual(['mF_9.B5f-4.1JqM']);
});

test('body adds api_key and api_secret to the body of a POST, and refuses methods without a body', () => {
  const request = { url, headers, method: 'post', data: { text: 'x' } };
  const data = { text: 'x', api_key: 'abcd1234', api_secret: 'ABCDEFGH01234abc' };
  expect(body(request, credentials)).toEqual({
    request: { ...request, data },
    secrets: ['ABCDEFGH01234abc'],
  });
  for (const method of ['GET', 'delete', undefined]) {
    expect(failure(() => body({ ...request, method }, credentials)).code).toBe(
      'ERR_INVALID_REQUEST',
    );
  }
});

test('basic adds an Authorization header, in UTF-8 (RFC 7617, sections 2 and 2.1)', () => {
  const aladdin = new Credentials({ apiKey: 'Aladdin', apiSecret: 'open sesame' });
  const test = new Credentials({ apiKey: 'test', apiSecret: '123£' });
  expect(basic({ url, headers }, aladdin)).toEqual({
    request: { url, headers: { Authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' } },
    secrets: ['QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'open sesame'],
  });
  expect(basic({ url, headers }, test).request.headers).toEqual({
    Authorization: 'Basic dGVzdDoxMjPCow==',
  });
});

test('opentok adds an HS256 token of the project, valid for 3 minutes (OpenTok REST API, "Authentication", allows 5)', async () => {
  const now = 1_500_000_000;
  const attach = () =>
    opentok({ url, headers: { accept: '*/*' } }, new Credentials({ opentok: project }), {
      token: '',
      now: () => now,
      nonce: () => '',
    });
  const { request, secrets } = attach();
  const { accept, 'X-OPENTOK-AUTH': token, ...others } = request.headers;
  expect([accept, others, secrets]).toEqual(['*/*', {}, [token]]);
  const { protectedHeader, payload } = await jwtVerify(
    String(token),
    Buffer.from(project.apiSecret),
    { algorithms: ['HS256'], currentDate: new Date(now * 1000) },
  );
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(payload).toEqual({
    iss: project.apiKey,
    ist: 'project',
    iat: now,
    exp: now + 180,
    jti: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) as string,
  });
  expect(attach().secrets).not.toEqual(secrets);
});
