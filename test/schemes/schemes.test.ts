import { jwtVerify } from 'jose';
import { Credentials } from '../../src';
import { basic } from '../../src/schemes/basic';
import { bearer } from '../../src/schemes/bearer';
import { body, query } from '../../src/schemes/key-secret';
import { oauth1 } from '../../src/schemes/oauth1';
import { opentok } from '../../src/schemes/opentok';
import type { PlainRequest } from '../../src/schemes/scheme';
import { signature } from '../../src/schemes/signature';
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

describe('a field that the scheme would neither sign nor extend is refused', () => {
  const complete = new Credentials({
    apiKey: 'abcd1234',
    apiSecret: 'ABCDEFGH01234abc',
    signatureSecret: 'ABCDEFGH01234abc',
    oauth1: { consumerKey: 'key', consumerSecret: 'secret' },
  });
  const context = { token: '', now: () => 0, nonce: () => 'nonce' };
  const fields = {
    signature: ['searchParams', 'query', 'form', 'json', 'body'],
    oauth1: ['searchParams', 'query', 'form', 'body'],
    body: ['form', 'json', 'body'],
  } as const;
  const attach = {
    signature: (request: PlainRequest) => signature(request, complete, context),
    oauth1: (request: PlainRequest) => oauth1(request, complete, context),
    body: (request: PlainRequest) => body(request, complete),
  };

  test.each(
    (['signature', 'oauth1', 'body'] as const).flatMap((scheme) =>
      fields[scheme].map((field) => ({ scheme, field })),
    ),
  )('$field with $scheme', ({ scheme, field }) => {
    const request = { method: 'POST', url, headers };
    const error = failure(() => attach[scheme]({ ...request, [field]: { text: 'x' } }));
    expect(error.code).toBe('ERR_INVALID_REQUEST');
    expect(error.message).toContain(`not ${field}.`);
    expect(attach[scheme]({ ...request, [field]: undefined }).secrets).toHaveLength(1);
  });

  test('but OAuth does not sign JSON (RFC 5849, section 3.4.1.3.1)', () => {
    const request = { method: 'POST', url, headers, json: { text: 'x' } };
    expect(oauth1(request, complete, context).request).toHaveProperty('json', { text: 'x' });
  });
});
