import { generateKeyPairSync } from 'node:crypto';
import { parsePrivateKey } from '../../src/credentials/private-key';
import { pemBlocks, unwrap } from '../../src/credentials/pem';
import {
  AuthInjector,
  Credentials,
  decodeJwt,
  signParams,
  verifyJwt,
  verifyParams,
} from '../../src';
import { redact } from '../../src/http/redact';
import { verdictOf } from '../../src/http/refusal';
import { ProductUrls } from '../../src/injector/product-url';
import { products } from '../../src/injector/products';
import { copyRequest } from '../../src/injector/request';
import { checkOptions } from '../../src/jwt/claims';
import { requireJson } from '../../src/jwt/json';
import { possibleFields } from '../../src/schemes/body';
import { baseString } from '../../src/schemes/oauth1';
import { formParametersOf } from '../../src/schemes/parameters';
import { requirePayload } from '../../src/webhooks/payload-hash';
import { readBody } from '../../src/webhooks/read-body';
import { readToken } from '../../src/webhooks/signed-token';
import { parametersOfRequest } from '../../src/webhooks/sms-parameters';
import { held, oauth1 } from './account';

/** Characters, or bytes. */
export const sizes = { small: 65_536, large: 1_048_576 };

/** Makes an input of a size, which takes a parser as long as possible, and has it parsed. */
export type Row<Input> = { make: (size: number) => Input; run: (input: Input) => unknown };
const row = <Input>(make: Row<Input>['make'], run: Row<Input>['run']) =>
  ({ make, run }) as Row<unknown>;

const fill = (text: string, size: number) => Buffer.alloc(size, text).toString();
/** Texts with a number in each of them, of that size in all. */
const numbered = (size: number, text: (index: number) => string) => {
  const count = Math.ceil(size / text(1_000_000).length);
  return Buffer.from(Array.from({ length: count }, (_, index) => text(index)).join('')).toString();
};
/** Not shorter: with tens of thousands of them, the speed of the memory would be measured. */
const fields = (size: number, name = (index: number) => `name${index}`) =>
  Object.fromEntries(
    Array.from({ length: size / 128 }, (_, index) => [name(index), 'v'.repeat(112)]),
  );

const begin = (label: string) => `-----BEGIN ${label}-----\n`;
const end = (label: string) => `-----END ${label}-----\n`;
const header =
  '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n';

const smsProduct = products.find(({ name }) => name === 'sms');
const refusal = (start: string, text: string) =>
  row(
    (size) => start + fill(text, size),
    (body) => verdictOf({ refusal: smsProduct?.refusal }, { status: 200, body: () => body }),
  );

const token = (claims: string) =>
  `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.${Buffer.from(claims).toString('base64url')}.${'A'.repeat(342)}`;
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const url = 'https://rest.nexmo.com/sms/json';
const urls = new ProductUrls(products);
const credentials = new Credentials({ ...held, oauth1 });
const inject = (scheme: 'body' | 'oauth1' | 'query' | 'signature') => {
  const auth = new AuthInjector(credentials, { schemes: { sms: scheme } });
  return (request: object) => auth.inject({ method: 'POST', url, ...request });
};
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const sms = (headers: Record<string, string>, make: (size: number) => string) =>
  row(
    (size) => ({ method: 'POST', url: '/', headers, rawBody: make(size) }),
    (request) => parametersOfRequest(request),
  );
const options = { secret: held.signatureSecret, method: 'md5hash' } as const;

export const rows: Record<string, Row<unknown>> = {
  'PEM: BEGIN alone': row((size) => fill(begin('PRIVATE KEY'), size), pemBlocks),
  'PEM: BEGIN alone, with literal \\n': row(
    (size) => fill('-----BEGIN PRIVATE KEY-----\\n', size),
    pemBlocks,
  ),
  'PEM: BEGIN of many labels': row(
    (size) => numbered(size, (index) => begin(`A${index}`)),
    pemBlocks,
  ),
  'PEM: BEGIN of one label, END of another': row(
    (size) => fill(begin('A'), size / 2) + fill(end('B'), size / 2),
    pemBlocks,
  ),
  'PEM: BEGIN and END of many labels': row(
    (size) =>
      numbered(size / 2, (index) => begin(`A${index}`)) +
      numbered(size / 2, (index) => end(`A${index}`)),
    pemBlocks,
  ),
  'PEM: BEGIN and END in turns, never of one label': row(
    (size) => fill(begin('A') + end('B'), size),
    pemBlocks,
  ),
  'PEM: blocks': row((size) => fill(`${begin('A')}AAAA\n${end('A')}`, size), pemBlocks),
  'PEM: a label without an end': row((size) => `-----BEGIN ${fill('A', size)}`, pemBlocks),
  'PEM: dashes': row((size) => fill('-', size), pemBlocks),
  'PEM: headers of encryption': row((size) => fill(header, size), pemBlocks),
  'PEM: white space where a header ends': row(
    (size) => `${begin('A')}Proc-Type: 4${fill(' ', size)}${end('A')}`,
    pemBlocks,
  ),
  'PEM: one long line': row((size) => begin('A') + fill('A', size) + end('A'), pemBlocks),
  'PEM: base64 of BEGIN alone': row(
    (size) => Buffer.from(fill(begin('A'), size)).toString('base64'),
    pemBlocks,
  ),
  'PEM: base64 that ends in something else': row((size) => `${fill('A ', size)}!`, pemBlocks),
  'PEM: quotes': row((size) => `${fill('"', size)}x`, unwrap),
  'PEM: white space': row((size) => `${fill(' ', size)}x${fill(' ', size)}`, unwrap),
  'private key: no path': row((size) => `${fill('A', size)}!`, parsePrivateKey),

  'JWT: one part': row((size) => fill('a', size), decodeJwt),
  'JWT: dots': row((size) => fill('a.', size), decodeJwt),
  'JWT: nested claims': row((size) => token(fill('{"a":', size)), decodeJwt),
  'JWT: many claims': row((size) => token(JSON.stringify(fields(size))), decodeJwt),
  'JWT: a long claim, verified': row(
    (size) => token(`{"jti":"${fill('j', size)}"}`),
    (text) => verifyJwt(text, publicKey),
  ),
  'claims: a long name around many': row(
    (size) => ({ [fill('n', size / 2)]: fields(size / 2) }),
    (claims) => requireJson(claims, 'claims'),
  ),
  'claims: acl': row(
    (size) => ({
      paths: Object.fromEntries(Object.keys(fields(size)).map((name) => [`/${name}`, {}])),
    }),
    (acl) => checkOptions({ acl }),
  ),

  'refusal in XML: <error ': refusal('<a>', '<error '),
  'refusal in XML: <error code="1': refusal('<a>', '<error\ncode="1'),
  'refusal in XML: code="1': refusal('<a><error ', 'code="1'),
  'refusal in XML: <status>1': refusal('<a>', '<status>1'),
  'refusal in XML: white space': refusal('<a><status>', ' '),
  'refusal in XML: digits': refusal('<a><status>', '1'),
  'refusal in JSON: many messages': refusal('{"messages":[', '{},'),

  'redact: percent signs': row(
    (size) => fill('%25', size),
    (text) => redact(text, ['%25%25a']),
  ),
  'redact: percent signs, encoded': row(
    (size) => `%${fill('25', size)}`,
    (text) => redact(text, ['%2525a', held.apiSecret]),
  ),
  'redact: what a secret begins with': row(
    (size) => `${fill(held.apiSecret.slice(0, -1), size)}%`,
    (text) => redact(text, [held.apiSecret]),
  ),
  'redact: secrets': row(
    (size) => `${fill(held.apiSecret, size)}%`,
    (text) => redact(text, [held.apiSecret]),
  ),

  'signature: a long name among many': row(
    (size) => ({ [`name${fill('0', size / 2)}`]: 'v', ...fields(size / 2) }),
    (params) => signParams(params, options),
  ),
  'signature: a long name among many, with astral characters': row(
    (size) => ({
      [`\u{1F600}${fill('0', size / 2)}`]: 'v',
      ...fields(size / 2, (index) => `\u{1F600}${index}`),
    }),
    (params) => signParams(params, options),
  ),
  'signature: what is replaced in a value': row(
    (size) => ({ text: fill('&=', size) }),
    (params) => signParams(params, options),
  ),
  'signature: long sig and timestamp': row(
    (size) => ({ sig: fill('a', size / 2), timestamp: fill('1', size / 2) }),
    (params) => {
      verifyParams(params, options);
    },
  ),
  'oauth1: many parameters': row(
    (size) => Object.entries(fields(size)),
    (parameters) => baseString('GET', url, parameters),
  ),
  'oauth1: what is encoded': row(
    (size) => [[fill("!'", size / 2), fill('()', size / 2)] as const],
    (parameters) => baseString('GET', url, parameters),
  ),
  'oauth1: a form': row((size) => ({ data: fill('a=1&', size), headers: form }), inject('oauth1')),

  'URL: segments': row(
    (size) => new URL(`${url}/${fill('a/', size)}`),
    (at) => urls.find(at, 'sms'),
  ),
  'URL: encoded slashes': row(
    (size) => new URL(`${url}/${fill('%2f%2e', size)}`),
    (at) => urls.find(at, 'sms'),
  ),
  'URL: dots behind an encoded slash': row(
    (size) => new URL(`${url}/%2f${fill('%2e', size)}`),
    (at) => urls.find(at, 'sms'),
  ),
  'URL: a query': row((size) => ({ url: `${url}?${fill('a=1&', size)}` }), inject('query')),
  'URL: a query that is signed': row(
    (size) => ({ url: `${url}?${new URLSearchParams(fields(size)).toString()}` }),
    inject('signature'),
  ),
  'request: headers': row(
    (size) => ({ url, headers: fields(size) }),
    (request) => copyRequest(request, new URL(url)),
  ),
  'request: params': row(
    (size) => ({ params: new URLSearchParams(fields(size)) }),
    inject('query'),
  ),
  'request: a form': row((size) => ({ data: fill('a=1&', size) }), inject('body')),
  'request: JSON': row(
    (size) => ({ data: JSON.stringify(fields(size)), headers: json }),
    inject('body'),
  ),
  'request: a body that is neither': row(
    (size) => ({ url: '/', headers: {}, data: fill('[', size) }),
    possibleFields,
  ),

  'callback: a form': sms(form, (size) => new URLSearchParams(fields(size)).toString()),
  'callback: JSON': sms(json, (size) => JSON.stringify(fields(size))),
  'callback: 240 parameters with long names': sms(form, (size) => {
    const names = Array.from({ length: 240 }, (_, index) => fill('0', size / 240) + String(index));
    return new URLSearchParams(
      [...names, 'sig'].map((name): [string, string] => [name, '1']),
    ).toString();
  }),
  'callback: percent signs': row((size) => fill('%25', size), formParametersOf),
  'callback: the query of a GET': row(
    (size) => ({ method: 'GET', url: `/?${fill('a=1&', size)}`, headers: {} }),
    (request) => requirePayload(request, '0'.repeat(64), true),
  ),
  'callback: white space in a token': row(
    (size) => ({ authorization: `Bearer ${fill(' ', size)}` }),
    (headers) => readToken(headers, 'authorization'),
  ),
  'callback: a body in chunks of a byte': row(
    (size) => Array.from({ length: size / 16 }, () => new Uint8Array(1)),
    (chunks) => readBody(chunks, sizes.large),
  ),
};

/** Milliseconds; most of these inputs are refused, once they are read. */
export async function time({ run }: Row<unknown>, input: unknown): Promise<number> {
  const start = performance.now();
  try {
    await run(input);
  } catch {
    // As it should be.
  }
  return performance.now() - start;
}
