import type { IncomingMessage } from 'node:http';
import { AuthInjector, Credentials, OAuth1Flow, signParams, verifyParams } from '../../src';
import { redact } from '../../src/injector/redact';
import { explainRefusal } from '../../src/http/explain-refusal';
import { verdictOf } from '../../src/http/refusal';
import { ProductUrls } from '../../src/injector/product-url';
import { products } from '../../src/injector/products';
import { normalized } from '../../src/injector/request';
import { charsetIn } from '../../src/readers/media-type';
import { possibleFields } from '../../src/schemes/body';
import { headersByName } from '../../src/http/fetch-headers';
import { baseString } from '../../src/schemes/oauth1';
import { formParametersOf } from '../../src/schemes/parameters';
import { parseRequest } from '../../src/testing/parsed-request';
import { checkCredential } from '../../src/testing/check-credential';
import { OAuth1Provider } from '../../src/testing/oauth1/provider';
import { verifyPayloadHash } from '../../src/webhooks/payload-hash';
import { readBody } from '../../src/webhooks/read-body';
import { sendIdempotent } from '../../src/webhooks/redis-client';
import { readToken } from '../../src/webhooks/signed-token';
import { readRequestParameters } from '../../src/webhooks/sms-parameters';
import { held, oauth1 } from './account';
import { cliRows } from './adversarial-cli';
import { keyRows } from './adversarial-keys';
import { fields, fill, numbered, row, type Row, sizes } from './adversarial-row';

export { sizes, time } from './adversarial-row';
export type { Row } from './adversarial-row';

const smsProduct = products.find(({ name }) => name === 'sms');
const refusal = (start: string, text: string) =>
  row(
    (size) => start + fill(text, size),
    (body) => verdictOf({ refusal: smsProduct?.refusal }, { status: 200, body: () => body }),
  );

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
    (request) => readRequestParameters(request),
  );
const options = { secret: held.signatureSecret, method: 'md5hash' } as const;

const sandboxSchemes = ['query', 'body', 'basic', 'signature'] as const;
const sandboxState = {
  account: {
    ...held,
    applicationId: undefined,
    publicKey: undefined,
    signatureMethod: 'md5hash' as const,
    oauth1: undefined,
    now: () => 1_500_000_000_000,
  },
  oauth1: new OAuth1Provider(),
};
const textUnits = [
  ...[
    'api_key ',
    'api_key[',
    'sig\n',
    'name',
    'name*',
    'name = ',
    "name='",
    '< ',
    '<a ',
    ' ',
    '%25',
  ],
  ...['&#', '&amp;', '&#0', '\\u', '=', 'a=', '\ufdfa', 'e\u0301', '\0', '+'],
];
const signedForm = `api_key=${held.apiKey}&timestamp=1500000000&sig=x&`;
/** A body with a media type, checked by the sandbox. */
const sandbox = (type: string, make: (size: number) => string) =>
  row(
    (size) => Buffer.from(make(size)),
    (content) => {
      const headersDistinct = { 'content-type': [type] };
      const request = {
        method: 'POST',
        url: '/',
        headers: {},
        headersDistinct,
        trailersDistinct: {},
      };
      const parsed = parseRequest(request as unknown as IncomingMessage, content, 'http://sandbox');
      return checkCredential(sandboxSchemes, parsed, sandboxState);
    },
  );

const flow = new OAuth1Flow(credentials);
const redisError = (text: string) =>
  row(
    (size) => () => Promise.reject(new Error(fill(text, size))),
    (send) => sendIdempotent(send, ['GET', 'key'], 'key'),
  );

export const rows: Record<string, Row<unknown>> = {
  ...keyRows,
  ...cliRows,

  'refusal in XML: <error ': refusal('<a>', '<error '),
  'refusal in XML: <error code="1': refusal('<a>', '<error\ncode="1'),
  'refusal in XML: code="1': refusal('<a><error ', 'code="1'),
  'refusal in XML: <status>1': refusal('<a>', '<status>1'),
  'refusal in XML: white space': refusal('<a><status>', ' '),
  'refusal in XML: digits': refusal('<a><status>', '1'),
  'refusal in JSON: many messages': refusal('{"messages":[', '{},'),
  'explainRefusal: a type': row(
    (size) => ({ status: 401, body: { type: fill('#_', size) } }),
    (answer) => explainRefusal(answer),
  ),
  'explainRefusal: a challenge': row(
    (size) => ({ status: 401, headers: { 'www-authenticate': fill('error="a', size) } }),
    (answer) => explainRefusal(answer),
  ),

  'redact: percent signs': row(
    (size) => fill('%25', size),
    (text) => redact(text, ['%25%25a']),
  ),
  'redact: percent signs, encoded': row(
    (size) => `%${fill('25', size)}`,
    (text) => redact(text, ['%2525a', held.apiSecret]),
  ),
  'redact: backslashes': row(
    (size) => fill('\\', size),
    (text) => redact(text, ['\\a', '"/a', `${held.apiSecret}\\`]),
  ),
  'redact: escaped backslashes': row(
    (size) => fill('\\\\\\\\134', size),
    (text) => redact(text, ['\\a', 'aB3\\cdEFG9']),
  ),
  'redact: ampersands': row(
    (size) => fill('&amp;', size),
    (text) => redact(text, ['&a', '<"a']),
  ),
  'redact: escapes by number': row(
    (size) => `&#${fill('0', size)}`,
    (text) => redact(text, ['&a', held.apiSecret]),
  ),
  'redact: the beginning of a secret': row(
    (size) => `${fill(held.apiSecret.slice(0, -1), size)}%`,
    (text) => redact(text, [held.apiSecret]),
  ),
  'redact: the beginning of a secret that is written in many ways': row(
    (size) => `${fill('aB3/=+"&<', size)}%`,
    (text) => redact(text, ['aB3/=+"&<x>\'`']),
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
  'signature: replaced characters in a value': row(
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
  'oauth1: encoded characters': row(
    (size) => [[fill("!'", size / 2), fill('()', size / 2)] as const],
    (parameters) => baseString('GET', url, parameters),
  ),
  'oauth1: a form': row((size) => ({ data: fill('a=1&', size), headers: form }), inject('oauth1')),

  'URL: segments': row(
    (size) => new URL(`${url}/${fill('a/', size)}`),
    (location) => urls.find(location, 'sms'),
  ),
  'URL: encoded slashes': row(
    (size) => new URL(`${url}/${fill('%2f%2e', size)}`),
    (location) => urls.find(location, 'sms'),
  ),
  'URL: dots behind an encoded slash': row(
    (size) => new URL(`${url}/%2f${fill('%2e', size)}`),
    (location) => urls.find(location, 'sms'),
  ),
  'URL: nested escapes': row(
    (size) => new URL(`${url}/${'%25'.repeat(size / 6)}${'33'.repeat(size / 4)}`),
    (location) => urls.find(location, 'sms'),
  ),
  'URL: a percent sign that is escaped many times': row(
    (size) => new URL(`${url}/%${'25'.repeat(size / 2)}`),
    (location) => urls.find(location, 'sms'),
  ),
  'URL: a query': row((size) => ({ url: `${url}?${fill('a=1&', size)}` }), inject('query')),
  'URL: a query that is signed': row(
    (size) => ({ url: `${url}?${new URLSearchParams(fields(size)).toString()}` }),
    inject('signature'),
  ),
  'request: headers': row(
    (size) => ({ url, headers: fields(size) }),
    (request) => normalized(request, new URL(url)),
  ),
  'request: a header that is repeated': row(
    (size) => Array.from({ length: size / 8 }, () => ['x', '1']),
    headersByName,
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
  'request: a body that is neither form nor JSON': row(
    (size) => ({ url: '/', headers: {}, data: fill('[', size) }),
    possibleFields,
  ),
  'request: a body with the type of JSON that is not JSON': row(
    (size) => ({ url: '/', headers: json, data: numbered(size, (index) => `a${index} `) }),
    possibleFields,
  ),
  'request: spaces around a charset': row(
    (size) => `application/json;${fill(' ', size / 2)}charset${fill(' ', size / 2)}=l1`,
    (contentType) => charsetIn(contentType),
  ),
  'request: many charsets': row(
    (size) => `application/json${fill(';charset=l1', size)}`,
    (contentType) => charsetIn(contentType),
  ),
  ...Object.fromEntries(
    ['{a:', "'\\x61", '\\u{61}', '\\141', '\\\n', '{"a'].map((unit) => [
      `request: JSON that is not valid, many ${JSON.stringify(unit)}`,
      row((size) => ({ url, method: 'POST', data: `{${fill(unit, size)}` }), inject('query')),
    ]),
  ),
  'request: JSON that is not valid, zeros in braces': row(
    (size) => ({ url, method: 'POST', data: `{\\u{${fill('0', size)}` }),
    inject('query'),
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
    (request) => verifyPayloadHash(request, '0'.repeat(64), true),
  ),
  'callback: white space in a token': row(
    (size) => ({ authorization: `Bearer ${fill(' ', size)}` }),
    (headers) => readToken(headers, 'authorization'),
  ),
  'callback: a body in chunks of a byte': row(
    (size) => Array.from({ length: size / 16 }, () => new Uint8Array(1)),
    (chunks) => readBody(chunks, sizes.large),
  ),

  'sandbox: a signature of many short parameters': sandbox(
    form['content-type'],
    (size) => signedForm + numbered(size, (index) => `a${index}=&`),
  ),
  'sandbox: a form with ;': sandbox(form['content-type'], (size) => fill('a=1;', size)),
  'sandbox: a text/plain body, names without values': sandbox('text/plain', (size) =>
    fill('api_key oauth_', size),
  ),
  'sandbox: a text/plain body, escaped': sandbox('text/plain', (size) => fill('%25', size)),
  ...Object.fromEntries(
    textUnits.map((unit) => [
      `sandbox: a text/plain body, many ${JSON.stringify(unit)}`,
      sandbox('text/plain', (size) => fill(unit, size)),
    ]),
  ),
  'sandbox: nested JSON': sandbox(
    'application/json',
    (size) => `{"a":[${fill('{"headers":{"a":1}},', size)}0]}`,
  ),
  'sandbox: names of a form, escaped': sandbox(form['content-type'], (size) =>
    fill('a%2525%26[=&', size),
  ),
  'request: a long name, escaped': row(
    (size) => ({ data: new URLSearchParams({ [fill('%25[&amp;#9', size)]: '' }) }),
    inject('query'),
  ),
  'request: a long name of segments': row(
    (size) => ({ data: { [fill('a[ \u200b', size)]: '' } }),
    inject('query'),
  ),
  'request: accents in a name': row(
    (size) => ({ data: new URLSearchParams({ [fill('\u0301\u0327', size / 2)]: '' }) }),
    inject('query'),
  ),
  'sandbox: accents in a text/plain body': sandbox('text/plain', (size) =>
    fill('\u0301\u0327', size / 2),
  ),
  'request: nested objects': row(
    (size) => ({ data: `${fill('{"a":', size)}1${fill('}', size / 5)}`, headers: json }),
    inject('query'),
  ),
  'request: a member that is repeated': row(
    (size) => ({ data: `{${fill('"a":{},', size)}"a":1}`, headers: json }),
    inject('query'),
  ),

  'OAuth callback: parameters': row(
    (size) => `/?${fill('oauth_token=a&', size)}`,
    (callback) => flow.verifierIn(callback, credentials),
  ),
  'OAuth callback: a problem': row(
    (size) => `/?oauth_token=${oauth1.token}&oauth_problem=${fill('%25', size)}`,
    (callback) => flow.verifierIn(callback, credentials),
  ),

  'Redis error: capitals': redisError('A'),
  'Redis error: words': redisError('ERR '),
};
