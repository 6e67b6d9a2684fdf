import { Writable } from 'node:stream';
import { runInThisContext } from 'node:vm';
import * as undici from 'undici';
import type { AuthInjector } from '../../src';
import { authInterceptor } from '../../src/undici/interceptor';

export type Options = {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
};
export type Received = { status: number; text: string; headers: [string, string][] };

/** Sends one request through a dispatcher. */
export type Client = (
  url: string,
  dispatcher: undici.Dispatcher,
  options?: Options,
) => Promise<Received>;

const entriesOf = (headers: object) =>
  Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);

async function byFetch(
  send: (url: string, init: object) => Promise<Pick<Response, 'status' | 'text' | 'headers'>>,
  url: string,
  init: object,
): Promise<Received> {
  const response = await send(url, init);
  const { status, headers } = response;
  return { status, text: await response.text(), headers: [...headers] };
}

/** Node's own `fetch`, and Node's own copy of undici: version 6 on Node 20 and 22, 7 on Node 24, 8 on Node 26. */
const node = runInThisContext('globalThis') as { fetch: typeof fetch };
export const nodesAgent = (options: object = {}): undici.Dispatcher => {
  // Node makes its dispatcher at the first call.
  void node.fetch('data:,');
  const symbols = [2, 1].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
  const [symbol = Symbol()] = symbols.filter((each) => each in node);
  const { constructor } = Reflect.get(node, symbol) as undici.Dispatcher;
  return new (constructor as typeof undici.Agent)(options);
};

const request: Client = async (url, dispatcher, options) => {
  const { statusCode, body, headers } = await undici.request(url, { dispatcher, ...options });
  return { status: statusCode, text: await body.text(), headers: entriesOf(headers) };
};

/** Clients whose body is a stream, which is sent only once. */
export const streaming = ['undici.pipeline'];

export const clients: Record<string, Client> = {
  'undici.request': request,
  'undici.stream': async (url, dispatcher, options = {}) => {
    let received: Received = { status: 0, text: '', headers: [] };
    await undici.stream(
      url,
      { dispatcher, method: 'GET', ...options },
      ({ statusCode: status, headers }) => {
        received = { status, text: '', headers: entriesOf(headers) };
        return new Writable({
          write(chunk: Buffer, _encoding, callback) {
            received.text += chunk.toString();
            callback();
          },
        });
      },
    );
    return received;
  },
  'undici.pipeline': async (url, dispatcher, { body = '', ...options } = {}) => {
    const received: Received = { status: 0, text: '', headers: [] };
    const duplex = undici.pipeline(
      url,
      { dispatcher, method: 'GET', ...options },
      ({ statusCode, headers, body: response }) => {
        Object.assign(received, { status: statusCode, headers: entriesOf(headers) });
        return response;
      },
    );
    duplex.end(body);
    for await (const chunk of duplex) received.text += String(chunk);
    return received;
  },
  'undici.fetch': (url, dispatcher, options) =>
    byFetch((target, init) => undici.fetch(target, init), url, { ...options, dispatcher }),
  "Node's fetch": (url, dispatcher, options) =>
    byFetch(node.fetch, url, { ...options, dispatcher }),
  'the global dispatcher': async (url, dispatcher, options) => {
    const original = undici.getGlobalDispatcher();
    undici.setGlobalDispatcher(dispatcher);
    try {
      return await byFetch((target, init) => undici.fetch(target, init), url, { ...options });
    } finally {
      undici.setGlobalDispatcher(original);
    }
  },
  RetryAgent: (url, dispatcher, options) =>
    request(url, new undici.RetryAgent(dispatcher), options),
};

export const dispatcherOf = (auth: AuthInjector, agent: undici.Dispatcher = new undici.Agent()) =>
  agent.compose(authInterceptor(auth));
