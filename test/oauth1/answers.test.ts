import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type AxiosRequester, Credentials, OAuth1Flow } from '../../src';
import { axiosClients } from '../support/axios-clients';
import { anyCharacter } from '../support/characters';
import { runs } from '../support/runs';
import { startServer, type TestServer } from '../support/server';
import { refused, secretsIn } from './refused';

const consumer = { consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44' };
const asked = { token: 'hh5s93j4hdidpola', tokenSecret: 'hdhd0244k9j7ao03' };
const given = { token: 'nnch734d00sl2jdk', tokenSecret: 'pfkkdhi9sl3r4s00' };
const verifier = 'hfdp7dh39dks9884';
const secrets = [
  consumer.consumerSecret,
  verifier,
  ...Object.values(asked),
  ...Object.values(given),
];

let answer: RequestListener;
let server: TestServer;
let elsewhere: TestServer;
beforeAll(async () => {
  server = await startServer((request, response) => {
    answer(request, response);
  });
  elsewhere = await startServer((_request, response) => response.end(granting));
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));

const endpointsAt = (origin: string) => ({
  requestTokenUrl: `${origin}/oauth/request_token`,
  authorizeUrl: `${origin}/oauth/authorize`,
  accessTokenUrl: `${origin}/oauth/access_token`,
});

const flowAt = (origin: string, axios?: AxiosRequester) =>
  new OAuth1Flow(new Credentials({ oauth1: consumer }), { endpoints: endpointsAt(origin), axios });

const form = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const fields = {
  oauth_token: given.token,
  oauth_token_secret: given.tokenSecret,
  oauth_callback_confirmed: 'true',
};
const granting = form(fields);
const { oauth_callback_confirmed: _, ...unconfirmed } = fields;

const respondWith =
  (status: number, body: string | Uint8Array, headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

const breaksOff: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': 100 }).write('oauth_token=', () => {
    setImmediate(() => response.destroy());
  });
};

const endless: RequestListener = (_request, response) => {
  response.writeHead(200);
  const write = () => {
    while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'a=b&')));
  };
  response.on('drain', write);
  write();
};

type Step = (flow: OAuth1Flow) => Promise<Credentials>;

const temporary = new Credentials({ oauth1: { ...consumer, ...asked } });
const steps: [string, Step][] = [
  ['requestToken', (flow) => flow.requestToken('https://app.test/back')],
  ['accessToken', (flow) => flow.accessToken(temporary, verifier)],
];

const html = '<!doctype html><title>Sign in</title><a href="/?oauth_token=a&b=c">Sign in</a>';

describe.each(steps)('%s', (_name, step) => {
  const error = async (listener: RequestListener, axios?: AxiosRequester) => {
    answer = listener;
    server.received.length = 0;
    return refused(step(flowAt(server.origin, axios)), secrets, server.received);
  };

  test('reads the tokens from a form, with any content type and 2xx status', async () => {
    for (const status of [200, 201]) {
      answer = respondWith(status, granting, { 'content-type': 'application/json' });
      const credentials = await step(flowAt(server.origin));
      expect(credentials.reveal('oauth1')).toEqual({ ...consumer, ...given });
    }
  });

  test.each<[string, string | Uint8Array]>([
    ['a token twice', `${granting}&oauth_token=other`],
    ['a token twice, with an encoded name', `%6Fauth_token=other&${granting}`],
    ['a token that is not UTF-8', granting.replace(given.token, '%FF')],
    ['a token secret that is a surrogate', granting.replace(given.tokenSecret, '%ED%A0%80')],
    ['bytes that are not UTF-8', Buffer.from(granting.replace(given.token, '\xff'), 'latin1')],
    ['an HTML page', html],
    ['an empty body', ''],
    ['JSON', JSON.stringify(fields)],
    ['a token without its secret', form({ ...fields, oauth_token_secret: '' })],
    ['a secret without its token', form({ ...fields, oauth_token: '' })],
    ['no token at all', form({ oauth_callback_confirmed: 'true' })],
    ['a token with a line break', form({ ...fields, oauth_token: `${given.token}\r\n` })],
    ['a token with a NUL', form({ ...fields, oauth_token: `${given.token}\0` })],
    [
      'a token secret with a line break',
      form({ ...fields, oauth_token_secret: `${given.tokenSecret}\n` }),
    ],
    ['an oauth_problem', form({ oauth_problem: 'token_rejected' })],
  ])('rejects with ERR_OAUTH1_ANSWER_INVALID for HTTP 200 with %s', async (_answer, body) => {
    expect((await error(respondWith(200, body))).code).toBe('ERR_OAUTH1_ANSWER_INVALID');
  });

  test.each([
    [500, html],
    [503, ''],
    [404, html],
    [401, form({ oauth_problem: 'constructor' })],
    [400, form({ oauth_problem: given.token, oauth_problem_advice: given.tokenSecret })],
    [403, granting],
    [304, ''],
  ])('rejects with ERR_OAUTH1_REFUSED for HTTP %d with the body %j', async (status, body) => {
    expect(await error(respondWith(status, body))).toMatchObject({
      code: 'ERR_OAUTH1_REFUSED',
      message: `The platform refuses the request (HTTP ${status}).`,
    });
  });

  test('does not pass on a response that repeats the request', async () => {
    const echo: RequestListener = ({ headers: { authorization = '' } }, response) => {
      const problem = form({ oauth_problem: authorization });
      response.writeHead(401, 'No', { 'www-authenticate': authorization }).end(problem);
    };
    expect((await error(echo)).code).toBe('ERR_OAUTH1_REFUSED');
    expect(secretsIn(String(server.received.at(-1)))[0]).toMatch(/^[\w+/]{27}=$/);
  });

  test.each<[string, RequestListener]>([
    ['closes the connection without a response', ({ socket }) => socket.destroy()],
    ['does not speak HTTP', ({ socket }) => socket.end('220 smtp.test ESMTP\r\n')],
    ['closes the connection before its response ends', breaksOff],
  ])('rejects with ERR_OAUTH1_UNREACHABLE if the server %s', async (_fault, given) => {
    expect((await error(given)).code).toBe('ERR_OAUTH1_UNREACHABLE');
    for (const [, { create }] of axiosClients) {
      expect((await error(given, create())).code).toBe('ERR_OAUTH1_UNREACHABLE');
    }
  });

  test('rejects with ERR_OAUTH1_UNREACHABLE if the response is too long', async () => {
    expect((await error(endless)).code).toBe('ERR_OAUTH1_UNREACHABLE');
    const ofNode = axiosClients.filter(([name]) => name.endsWith('http'));
    for (const [, { create }] of ofNode) {
      expect((await error(endless, create())).code).toBe('ERR_OAUTH1_UNREACHABLE');
    }
  });

  test('rejects with ERR_OAUTH1_UNREACHABLE if the body of a response is not encoded as its content-encoding says', async () => {
    const given = respondWith(200, granting, { 'content-encoding': 'gzip' });
    expect((await error(given)).code).toBe('ERR_OAUTH1_UNREACHABLE');
  });

  test('rejects with ERR_OAUTH1_UNREACHABLE at the timeout if a compressed response stalls, with each axios client', async () => {
    const given: RequestListener = (_request, response) => {
      const bytes = gzipSync(granting.repeat(100));
      response.writeHead(200, { 'content-encoding': 'gzip' }).write(bytes.subarray(0, 20));
    };
    for (const [, { create }] of axiosClients) {
      expect((await error(given, create({ timeout: 250 }))).code).toBe('ERR_OAUTH1_UNREACHABLE');
    }
  });

  test('never uses the adapter xhr, which follows redirects with the credential', async () => {
    const adapter = jest.fn(({ adapter: used }: { adapter?: unknown }) =>
      Promise.reject(new Error(String(used))),
    );
    const requester = { defaults: { adapter: ['xhr', 'http'] }, request: adapter as never };
    await error(respondWith(200, ''), requester);
    expect(adapter).toHaveBeenCalledWith(expect.objectContaining({ adapter: 'http' }));
  });

  test('rejects with ERR_OAUTH1_UNREACHABLE and the reason if nothing listens', async () => {
    const gone = await startServer(respondWith(200, ''));
    await gone.close();
    expect(await refused(step(flowAt(gone.origin)), secrets, [])).toMatchObject({
      code: 'ERR_OAUTH1_UNREACHABLE',
      message: "The platform's OAuth endpoint could not be reached (ECONNREFUSED).",
    });
  });

  test.each<[string, AxiosRequester | undefined]>([
    ['its own axios', undefined],
    ...axiosClients.map(([client, { create }]): [string, AxiosRequester] => [
      client,
      create({ maxRedirects: 5, fetchOptions: { redirect: 'follow' } }),
    ]),
  ])('does not follow a redirect with the credential, by %s', async (_client, axios) => {
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of [`${elsewhere.origin}/oauth/request_token`, '/elsewhere']) {
        expect(await error(respondWith(status, '', { location }), axios)).toMatchObject({
          code: 'ERR_OAUTH1_REFUSED',
          message: `The platform refuses the request (HTTP ${status}).`,
        });
        expect(server.received).toHaveLength(1);
      }
    }
    expect(elsewhere.received).toEqual([]);
  });

  test('returns credentials or rejects with a NexmoAuthError for any response', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const token = fc.oneof(text, fc.constantFrom('\n', '\0', 'a\r', given.token));
    const answered = fc.record(
      {
        oauth_token: token,
        oauth_token_secret: token,
        oauth_callback_confirmed: fc.constantFrom('true', 'false', ''),
        oauth_problem: fc.oneof(text, fc.constantFrom('token_rejected', '__proto__')),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      { weight: 3, arbitrary: answered },
      fc.string({ unit: anyCharacter }),
      fc.uint8Array(),
    );
    const statuses = fc.constantFrom(200, 200, 200, 201, 204, 302, 400, 401, 407, 500);
    const flow = flowAt(server.origin);
    await fc.assert(
      fc.asyncProperty(statuses, body, async (status, sent) => {
        const isForm = typeof sent === 'object' && !(sent instanceof Uint8Array);
        answer = respondWith(status, isForm ? form(sent) : sent);
        server.received.length = 0;
        const outcome = step(flow);
        const credentials = await outcome.catch(() => undefined);
        if (credentials === undefined) {
          await refused(outcome, secrets, server.received);
          return;
        }
        const held = credentials.reveal('oauth1');
        expect([status < 300, isForm]).toEqual([true, true]);
        expect(sent).toMatchObject({
          oauth_token: held.token,
          oauth_token_secret: held.tokenSecret,
        });
      }),
      { numRuns: runs(200) },
    );
  });
});

test.each([
  ['is missing', form(unconfirmed)],
  ['is false', form({ ...fields, oauth_callback_confirmed: 'false' })],
  ['is empty', form({ ...fields, oauth_callback_confirmed: '' })],
])('requestToken accepts no token if oauth_callback_confirmed %s', async (_name, body) => {
  answer = respondWith(200, body);
  const step = flowAt(server.origin).requestToken('oob');
  expect((await refused(step, secrets, server.received)).code).toBe('ERR_OAUTH1_ANSWER_INVALID');
});

test('accessToken does not need oauth_callback_confirmed', async () => {
  answer = respondWith(200, form(unconfirmed));
  const granted = await flowAt(server.origin).accessToken(temporary, verifier);
  expect(granted.reveal('oauth1')).toEqual({ ...consumer, ...given });
});

test.each<[string, AxiosRequester | undefined]>([
  ['its own axios', undefined],
  ...axiosClients.map(([client, { create }]): [string, AxiosRequester] => [client, create()]),
])('a request to loopback does not go through a proxy, with %s', async (_client, axios) => {
  const names = ['HTTP_PROXY', 'http_proxy'];
  const before = names.map((name) => [name, process.env[name]] as const);
  for (const name of names) process.env[name] = elsewhere.origin;
  try {
    answer = respondWith(200, granting);
    // The scheme of a URL is case-insensitive.
    await flowAt(server.origin.replace('http', 'HTTP'), axios).requestToken('oob');
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
  expect(elsewhere.received).toEqual([]);
});
