import { createPrivateKey, sign } from 'node:crypto';
import { type Sandbox, startSandbox } from '../../src/testing';
import { failure } from '../support/errors';
import { keyText } from '../support/keys';
import { opentok } from '../support/account';
import { claims, opentokClaims, options, signOpenTokToken, time } from './client';
import { sendRaw } from './raw-client';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

describe('a bearer token', () => {
  const encoded = (part: string | Buffer) => Buffer.from(part).toString('base64url');
  const rightHeader = '{"alg":"RS256","typ":"JWT"}';
  const rightClaims = JSON.stringify(claims);
  const privateKey = createPrivateKey(keyText('rsa-pkcs8'));

  /** Signs the parts unmodified, so that only their encoding is wrong. */
  function signedAs(header: string, payload: string): string {
    const input = `${header}.${payload}`;
    return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
  }
  const right = () => signedAs(encoded(rightHeader), encoded(rightClaims));
  async function refusalOfToken(authorization: string): Promise<string | undefined> {
    const headers = ['authorization', authorization];
    await sendRaw(sandbox, { path: 'api.nexmo.com/v1/calls', method: 'GET', headers });
    return sandbox.requests.at(-1)?.refusal;
  }

  test.each(['Bearer', 'bearer', 'BEARER', 'Bearer '])('is accepted after %j', async (scheme) => {
    expect(await refusalOfToken(`${scheme} ${right()}`)).toBeUndefined();
  });

  test('is refused if the header has any other form than "Bearer <JWT>"', async () => {
    const form = 'the Authorization header is not "Bearer <JWT>"';
    for (const value of ['Bearer', `Bearer ${right()} x`, `Bearer\t${right()}`, 'bearer: x']) {
      expect(await refusalOfToken(value)).toBe(form);
    }
  });

  test('with a crit header is refused, since no extension is understood (RFC 7515, section 4.1.11)', async () => {
    const token = signedAs(
      encoded('{"alg":"RS256","typ":"JWT","crit":["exp"]}'),
      encoded(rightClaims),
    );
    expect(await refusalOfToken(`Bearer ${token}`)).toBe('crit in the header is not supported');
  });

  const header = (text: string | Buffer) => () => signedAs(encoded(text), encoded(rightClaims));
  const payload = (text: string | Buffer) => () => signedAs(encoded(rightHeader), encoded(text));
  const isNot = (part: string, what: string) => `the ${part} of the token is not ${what}`;
  const canonical = 'canonical base64url';
  const object = 'a JSON object in UTF-8';
  const twice = (part: string) => `the ${part} of the token has a member name more than once`;
  const withClaims = (more: string) => rightClaims.replace('{', `{${more},`);
  // 27 bytes make 36 digits of base64url. 28 bytes make 38 digits, and the last digit has four unused bits.
  const spaced = encoded(`${rightHeader} `);

  test.each<[string, () => string, string]>([
    [
      'with padding',
      () => signedAs(`${spaced}==`, encoded(rightClaims)),
      isNot('header', canonical),
    ],
    [
      'of an impossible length',
      () => signedAs(`${encoded(rightHeader)}A`, encoded(rightClaims)),
      isNot('header', canonical),
    ],
    [
      'with unused bits that are not zero',
      () => signedAs(spaced.replace(/A$/, 'B'), encoded(rightClaims)),
      isNot('header', canonical),
    ],
    [
      'whose claims are of an impossible length',
      () => signedAs(encoded(rightHeader), `${encoded(rightClaims.padEnd(300))}A`),
      isNot('claims', canonical),
    ],
    [
      'whose signature has unused bits that are not zero',
      () => right().replace(/.$/, (last) => String.fromCharCode(last.charCodeAt(0) + 1)),
      isNot('signature', canonical),
    ],
    ['with a dot after its signature', () => `${right()}.`, 'jwt malformed'],
    [
      'whose header is not UTF-8',
      header(Buffer.from('{"alg":"RS256","typ":"JWT","a":"\xff"}', 'latin1')),
      isNot('header', object),
    ],
    ['whose header is a list', header('["RS256","JWT"]'), isNot('header', object)],
    [
      'whose claims are not UTF-8',
      payload(Buffer.from(withClaims('"a":"\xff"'), 'latin1')),
      isNot('claims', object),
    ],
    [
      'whose claims have a byte-order mark',
      payload(`\ufeff${rightClaims}`),
      isNot('claims', object),
    ],
    ['whose claims are null', payload('null'), isNot('claims', object)],
    ['whose claims are a text', payload('"claims"'), isNot('claims', object)],
    [
      'whose header says alg twice',
      header('{"alg":"none","alg":"RS256","typ":"JWT"}'),
      twice('header'),
    ],
    ['whose claims say exp twice', payload(withClaims('"exp":1')), twice('claims')],
    [
      'whose claims say exp twice, once escaped',
      payload(withClaims('"\\u0065xp":1')),
      twice('claims'),
    ],
    [
      'whose acl says a path twice',
      payload(withClaims('"acl":{"paths":{"/a":{},"/a":{}}}')),
      twice('claims'),
    ],
  ])('%s is refused', async (_name, token, refusal) => {
    expect(await refusalOfToken(`Bearer ${token()}`)).toBe(refusal);
  });

  test('may have the same name in different objects', async () => {
    const token = payload(withClaims('"acl":{"a":{"exp":1},"b":[{"exp":1},{"exp":2}]}'))();
    expect(await refusalOfToken(`Bearer ${token}`)).toBeUndefined();
  });
});

describe('a token in the header X-OPENTOK-AUTH', () => {
  async function refusalOf(...tokens: string[]): Promise<string | undefined> {
    const headers = tokens.flatMap((token) => ['X-OPENTOK-AUTH', token]);
    await sendRaw(sandbox, { path: 'api.opentok.com/session/create', method: 'POST', headers });
    return sandbox.requests.at(-1)?.refusal;
  }

  test('is accepted with the claims of the documentation', async () => {
    expect(await refusalOf(await signOpenTokToken(opentokClaims))).toBeUndefined();
  });

  test.each([
    ['the key of another project', { iss: '46054321' }, 'iss is not the key of the project'],
    ['another issuer type', { ist: 'account' }, 'ist is not "project"'],
    ['a claim named like a field of the sandbox', { kind: 'wrong', iss: '1' }, 'iss is not'],
    ['a life over 5 minutes', { exp: time + 301 }, 'exp is more than 5 minutes after iat'],
    ['a past exp', { exp: time - 1 }, 'jwt expired'],
    ['a future iat and a far exp', { iat: time + 3e8, exp: time + 3e8 + 100 }, 'more than 5 min'],
    ['exp before iat', { iat: time + 200, exp: time + 100 }, 'exp is not after iat'],
    ['no exp, which means a life of 15 minutes', { exp: undefined }, 'exp is more than 5 minutes'],
    ['no jti', { jti: undefined }, 'jti is missing'],
    ['no iat', { iat: undefined }, 'iat is missing'],
  ])('is refused with %s', async (_name, changes, refusal) => {
    const token = await signOpenTokToken({ ...opentokClaims, ...changes });
    expect(await refusalOf(token)).toContain(refusal);
  });

  test('is refused with another secret or another algorithm', async () => {
    const others = [
      { secret: 'x'.repeat(40) },
      { alg: 'HS512', secret: `${opentok.apiSecret}${opentok.apiSecret}` },
    ];
    for (const other of others) {
      expect(await refusalOf(await signOpenTokToken(opentokClaims, other))).toMatch(/^invalid/);
    }
  });

  test('is refused if it is sent twice, beside another credential, or without a project in the sandbox', async () => {
    const token = await signOpenTokToken(opentokClaims);
    expect(await refusalOf(token, token)).toBe('there is more than one X-OPENTOK-AUTH header');
    const path = 'api.opentok.com/session/create?api_secret=x';
    await sendRaw(sandbox, { path, headers: ['X-OPENTOK-AUTH', token] });
    expect(sandbox.requests.at(-1)?.refusal).toBe('there are two credentials: query and opentok');
    sandbox.change({ opentok: undefined });
    expect(await refusalOf(token)).toBe('the sandbox was given no opentok');
    expect(
      failure(() => {
        sandbox.change({ opentok: { ...opentok, token } as never });
      }).message,
    ).toContain('{ apiKey, apiSecret }');
    sandbox.change({ opentok });
  });
});
