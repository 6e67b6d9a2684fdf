import { once } from 'node:events';
import { connect } from 'node:net';
import { type Sandbox, startSandbox } from '../../src/testing';
import { apiKey, apiSecret, basic, keyAndSecret, options, time } from './client';
import { sendLine, sendRaw } from './raw-client';
import { failOnUnhandledRejections } from '../support/unhandled-rejections';

failOnUnhandledRejections();
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox(options);
});
afterAll(() => sandbox.close());

const last = () => sandbox.requests.at(-1);
const asJson = ['content-type', 'application/json'];
const asForm = ['content-type', 'application/x-www-form-urlencoded'];
const withBasic = ['authorization', basic(`${apiKey}:${apiSecret}`)];
const pair = `"api_key":"${apiKey}","api_secret":"${apiSecret}"`;
const wrongPair = 'api_key or api_secret does not match the account';
const noCredential = 'there is no credential for query, body, basic, signature, oauth1';
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test('a request with an unknown Expect header is answered and recorded', async () => {
  const count = sandbox.requests.length;
  await sendRaw(sandbox, {
    path: 'rest.nexmo.com/sms/json',
    headers: [...withBasic, 'expect', 'foo'],
  });
  expect(sandbox.requests).toHaveLength(count + 1);
  expect(last()).toMatchObject({ product: 'sms', refusal: undefined });
});

test('a body of more than 1 MiB is refused and not kept', async () => {
  const request = { path: 'rest.nexmo.com/sms/json', headers: [...asJson, ...withBasic] };
  const limit = 1024 * 1024;
  const accepted = await sendRaw(sandbox, { ...request, body: `{}${' '.repeat(limit - 2)}` });
  expect(accepted.status).toBe(200);
  const refused = await sendRaw(sandbox, { ...request, body: `{}${' '.repeat(limit - 1)}` });
  expect(refused).toEqual({
    status: 400,
    text: '{"type":"BAD_REQUEST","error_title":"Bad Request"}',
  });
  expect(last()).toMatchObject({ body: '', refusal: 'the body has more than 1 MiB' });
});

describe('a JSON body gets the response of the platform:', () => {
  test.each<[string, string, string | undefined]>([
    [
      'members that name methods',
      '{"api_key":"a","api_secret":{"toString":1,"valueOf":1}}',
      wrongPair,
    ],
    ['a secret of null', `{"api_key":"${apiKey}","api_secret":null}`, wrongPair],
    ['a secret in a list', `{"api_key":"${apiKey}","api_secret":["${apiSecret}"]}`, wrongPair],
    ['a key in a list', `{"api_key":["${apiKey}"],"api_secret":"${apiSecret}"}`, wrongPair],
    ['a number for a secret', `{"api_key":"${apiKey}","api_secret":1}`, wrongPair],
    ['names of the prototype', `{"__proto__":{${pair}},"constructor":{${pair}}}`, noCredential],
    ['a list', `[{${pair}}]`, noCredential],
    ['null', 'null', noCredential],
    ['a number', '1e400', noCredential],
    ['a string', '"api_secret"', noCredential],
    ['an empty body', '', noCredential],
    ['an incomplete object', `{${pair}`, noCredential],
    ['a list of 100,000 levels', nested(100_000), noCredential],
    ['100,000 levels beside the secret', `{${pair},"to":${nested(100_000)}}`, noCredential],
    ['1000 levels beside the secret', `{${pair},"to":${nested(999)}}`, undefined],
    ['a lone surrogate beside the secret', `{${pair},"to":"\\ud800","\\udfff":1}`, undefined],
  ])('%s', async (_name, body, refusal) => {
    const answer = await sendRaw(sandbox, {
      path: 'rest.nexmo.com/sms/json',
      headers: asJson,
      body,
    });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toHaveProperty('messages');
    expect(last()).toMatchObject({ product: 'sms', status: 200, body, refusal });
  });

  test('bytes that are not UTF-8', async () => {
    const body = Buffer.from(`{${pair},"to":"\xff"}`, 'latin1');
    const answer = await sendRaw(sandbox, {
      path: 'rest.nexmo.com/sms/json',
      headers: asJson,
      body,
    });
    expect(answer.status).toBe(200);
    expect(last()?.refusal).toBe(noCredential);
  });

  test('a signature whose parameters are objects', async () => {
    for (const value of ['{"toString":1}', 'null', '[1]']) {
      const body = `{"api_key":"${apiKey}","timestamp":"${time}","sig":"x","text":${value}}`;
      await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers: asJson, body });
      expect(last()?.refusal).toBe('text has a value that cannot be signed');
    }
    const odd = `{"api_key":"${apiKey}","timestamp":"${time}","sig":"x","a=b":[]}`;
    await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers: asJson, body: odd });
    expect(last()?.refusal).toBe('another parameter has a value that cannot be signed');
    const body = `{"api_key":"${apiKey}","timestamp":${time},"sig":5}`;
    await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers: asJson, body });
    expect(last()?.refusal).toBe('sig is not the signature of these parameters');
  });
});

test('a lone surrogate in a secret does not equal U+FFFD', async () => {
  const other = await startSandbox({ apiKey, apiSecret: 'ABCDEFGH\ufffd' });
  for (const [secret, refusal] of [
    ['ABCDEFGH\\ud800', wrongPair],
    ['ABCDEFGH\ufffd', undefined],
  ]) {
    const body = `{"api_key":"${apiKey}","api_secret":"${secret}"}`;
    await sendRaw(other, { path: 'rest.nexmo.com/sms/json', headers: asJson, body });
    expect(other.requests.at(-1)?.refusal).toBe(refusal);
  }
  await other.close();
});

test('an object is written into XML as JSON', async () => {
  const body = '{"request_id":{"toString":1,"<a>":"\\u0000"},"code":[null]}';
  const path = 'api.nexmo.com/verify/check/xml';
  const { text } = await sendRaw(sandbox, { path, headers: [...asJson, ...withBasic], body });
  expect(text).toContain(
    '<request_id>{&quot;toString&quot;:1,&quot;&lt;a&gt;&quot;:&quot;\\u0000&quot;}</request_id>',
  );
});

describe('a request target', () => {
  const notFound = '{"type":"NOT_FOUND","error_title":"Not Found"}';
  const bad = '{"type":"BAD_REQUEST","error_title":"Bad Request"}';
  const unreadable = 'the target of the request is neither a path nor a URL';

  test.each([
    ['GET *', 400, bad],
    ['OPTIONS *', 400, bad],
    ['GET ftp://rest.nexmo.com/sms/json', 400, bad],
    ['GET http://key:secret@rest.nexmo.com/', 400, bad],
    ['CONNECT rest.nexmo.com:443', 400, bad],
    ['GET //x', 404, notFound],
    ['GET /', 404, notFound],
    ['GET /?api_secret=x', 404, notFound],
    ['GET http://other/', 404, notFound],
    ['GET http://other', 404, notFound],
    ['GET http://other?rest.nexmo.com/sms/json', 404, notFound],
    ['GET http://[/x', 404, notFound],
    ['GET /\\x', 404, notFound],
    ['GET /%%%ff%zz?%ff=%&=&%c3%28', 404, notFound],
    ['PROPFIND /dashboard.nexmo.com/oauth/authorize', 405, 'METHOD_NOT_ALLOWED'],
  ])('%s is answered with %d', async (line, status, body) => {
    const count = sandbox.requests.length;
    const answer = await sendLine(sandbox, line);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(body);
    expect(sandbox.requests).toHaveLength(count + 1);
    expect(last()).toMatchObject({
      method: line.split(' ')[0],
      status,
      product: undefined,
      refusal: status === 400 ? unreadable : undefined,
    });
  });

  test('that cannot be read is recorded unmodified', async () => {
    await sendLine(sandbox, 'OPTIONS *');
    expect(last()).toMatchObject({ method: 'OPTIONS', host: '', path: '*', query: {} });
  });

  test('that is an absolute URL is read by its path and query (RFC 9112 section 3.2.2)', async () => {
    const query = new URLSearchParams(keyAndSecret).toString();
    await sendLine(sandbox, `GET ${sandbox.url('sms')}json?${query}`);
    expect(last()).toMatchObject({
      host: 'rest.nexmo.com',
      path: '/sms/json',
      query: keyAndSecret,
      product: 'sms',
      refusal: undefined,
    });
  });

  test('that Node itself refuses gets a response', async () => {
    expect(await sendLine(sandbox, 'FOO /')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sendLine(sandbox, 'GET x')).toMatch(/^HTTP\/1\.1 400 /);
    const long = `GET / HTTP/1.1\r\nx: ${'x'.repeat(100_000)}\r\n`;
    expect(await sendLine(sandbox, long)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('of a CONNECT does not keep the sandbox from closing', async () => {
    const other = await startSandbox();
    const socket = connect(Number(new URL(other.url('sms')).port), '127.0.0.1');
    socket.write('CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'data');
    socket.write('more');
    socket.resetAndDestroy();
    await other.close();
    expect(other.requests).toMatchObject([{ method: 'CONNECT', status: 400 }]);
  });

  test.each(['GET', 'POST'])(
    'of a CONNECT sent on a connection before the response to a %s does not end the process',
    async (method) => {
      const other = await startSandbox();
      const socket = connect(Number(new URL(other.url('sms')).port), '127.0.0.1');
      socket.on('error', () => undefined);
      const closed = once(socket, 'close');
      socket.write(
        `${method} / HTTP/1.1\r\nhost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n`,
      );
      await closed;
      expect(await sendRaw(other, { path: 'rest.nexmo.com/' })).toMatchObject({ status: 401 });
      await other.close();
    },
  );

  test('of a CONNECT whose client disconnects before the response does not end the process', async () => {
    const other = await startSandbox({
      now: () => {
        client.resetAndDestroy();
        return 0;
      },
    });
    const client = connect(Number(new URL(other.url('sms')).port), '127.0.0.1');
    client.write('CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(client, 'close');
    expect(await sendRaw(other, { path: 'rest.nexmo.com/' })).toMatchObject({ status: 401 });
    await other.close();
  });
});

test('a request with two Content-Type headers gets a 400', async () => {
  const headers = [...asJson, ...asForm, ...withBasic];
  const { status } = await sendRaw(sandbox, { path: 'rest.nexmo.com/sms/json', headers });
  expect(status).toBe(400);
  expect(last()).toMatchObject({
    status: 400,
    refusal: 'there is more than one Content-Type header',
  });
});
