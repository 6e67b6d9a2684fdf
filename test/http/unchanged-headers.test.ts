// The headers that were checked are sent, although the caller changes them meanwhile. By real clients over HTTP.
import { createRequire } from 'node:module';
import * as undici from 'undici';
import axios from 'axios';
import { AuthInjector, createAuthFetch, Credentials } from '../../src';
import { authInterceptor } from '../../src/undici/interceptor';
import { held } from '../support/account';
import { startServer, type TestServer } from '../support/server';

const load = createRequire(__filename);

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await startServer((_request, response) => response.end('{}'));
  url = `${server.origin}/own`;
});
afterAll(() => server.close());
beforeEach(() => {
  server.received.length = 0;
});
const head = () => String(server.received[0]);

type Sender = (auth: AuthInjector, headers: unknown) => Promise<unknown>;
const post = (headers: unknown) => ({ method: 'POST', headers: headers as Record<string, string> });
const byFetch =
  (send: typeof fetch): Sender =>
  (auth, headers) =>
    createAuthFetch(auth, { fetch: send })(url, post(headers));
const ofFetch: readonly [string, Sender][] = [
  ["Node's fetch", byFetch((...call) => fetch(...call))],
  ['the fetch of undici', byFetch(undici.fetch as unknown as typeof fetch)],
  ['node-fetch 2', byFetch(load('node-fetch-2') as typeof fetch)],
];
const byInterceptor: Sender = (auth, headers) =>
  undici.request(url, {
    method: 'POST',
    headers: headers as Record<string, string>,
    dispatcher: new undici.Agent().compose(authInterceptor(auth) as never),
  });
const byInject: Sender = async (auth, headers) =>
  axios.request(await auth.inject({ method: 'POST', url, headers: headers as object }));

/** Sends headers that `change` changes while the provider is awaited. */
function sendChanging(send: Sender, headers: unknown, change: () => void): Promise<unknown> {
  const provider = () => {
    change();
    return Promise.resolve(new Credentials(held));
  };
  const products = [{ name: 'own', urls: [url], schemes: ['basic'] as const }];
  return send(new AuthInjector(provider, { products }), headers);
}

const lists: [string, Sender][] = [...ofFetch, ['undici', byInterceptor], ['axios', byInject]];

test.each(lists)('a list as the value of a header, with %s', async (_client, send) => {
  const list = ['before'];
  await sendChanging(send, { 'x-own': list }, () => (list[0] = 'after'));
  expect(head()).toContain('"before"');
  expect(head()).not.toContain('after');
});

/** Gives another text at each call. */
const counting = (text: string) => {
  let calls = 0;
  return { toString: () => `${text}${(calls += 1)}` };
};

describe.each(ofFetch)('with %s, an object gives its text once:', (_client, send) => {
  test.each<[string, unknown]>([
    ['as a value', { 'x-own': counting('x') }],
    ['as a value in a list', [['x-own', counting('x')]]],
    ['as a name in a list', [[counting('x'), 'own']]],
  ])('%s', async (_where, headers) => {
    await sendChanging(send, headers, () => undefined);
    expect(head()).toContain('"x1"');
    expect(head()).not.toMatch(/x[2-9]/);
  });
});
