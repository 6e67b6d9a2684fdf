import type { Agent } from 'node:http';
import { NexmoAuthError } from '../errors';
import { wayOf } from './direct-transport';

/** Where undici keeps the dispatcher that `fetch` uses by default: version 8 first, which wraps it for older ones. */
const globalDispatchers = ['2', '1'].map((version) =>
  Symbol.for(`undici.globalDispatcher.${version}`),
);

/** The options of `fetch` that decide which way a request takes: undici's, and node-fetch's. */
export type Route = { dispatcher?: object | null | undefined; agent?: unknown };

/** The options of axios that do. */
export type AxiosRoute = {
  httpAgent?: unknown;
  fetchOptions?: (Route & { redirect?: unknown }) | undefined;
  env?: { fetch?: unknown } | undefined;
};

let agent: Agent | undefined;

/**
 * The route of a request by `send`. The caller's own `dispatcher` or `agent` is trusted. Without one, `http:`, which is
 * for loopback hosts alone, takes no proxy of the environment.
 *
 * @param send the `fetch` that will send it
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` where a proxy could see the request
 */
export function routeOf(url: string, given: Route, send: unknown): Route {
  const isClear = url.startsWith('http:');
  if (isClear && given.dispatcher == null && given.agent == null && !isNodesFetch(send)) {
    requireNoProxy();
  }
  const dispatcher = given.dispatcher ?? (isClear ? directDispatcher() : undefined);
  const routeAgent = given.agent ?? (isClear ? directAgent() : undefined);
  return {
    ...(dispatcher !== undefined && { dispatcher }),
    ...(routeAgent !== undefined && { agent: routeAgent }),
  };
}

/**
 * The same for a request by axios, `config` holding what the caller chose.
 *
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`
 */
export function axiosRouteOf(
  url: string,
  config: AxiosRoute,
  adapter: unknown,
): { fetchOptions: object; proxy?: false; httpAgent?: unknown } {
  const { dispatcher, agent: fetchAgent, ...others } = config.fetchOptions ?? {};
  const way = wayOf(adapter);
  const { fetch: own } = config.env ?? {};
  const send = typeof own === 'function' ? own : globalThis.fetch;
  const given = { dispatcher, agent: fetchAgent };
  const fetchOptions = { ...others, ...(way !== 'http' && routeOf(url, given, send)) };
  if (!url.startsWith('http:')) return { fetchOptions };
  // Without pooling, which is what `httpAgent: false` asks for, Node would make one of the class of the global agent.
  const httpAgent =
    config.httpAgent === false ? directAgent() : (config.httpAgent ?? directAgent());
  return { fetchOptions, proxy: false, httpAgent };
}

/** Undefined where `fetch` connects to the host itself. */
function directDispatcher(): object | undefined {
  const indirect = dispatchersInUse().find((dispatcher) => !isDirect(dispatcher));
  if (indirect === undefined) return undefined;
  // The member of EnvHttpProxyAgent that sends what NO_PROXY names.
  const direct = memberOf(indirect, 'no proxy agent');
  if (isDirect(direct)) return direct as object;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The global dispatcher of undici may send through a proxy, which would see the credential of this http: request to a loopback host. Give the request a dispatcher of its own, or set an undici Agent or EnvHttpProxyAgent as the global one.',
  );
}

/** In a vm context, such as that of Jest, Node's `fetch` still takes the dispatcher of the main one. */
function dispatchersInUse(): object[] {
  const { runInThisContext } = process.getBuiltinModule('node:vm');
  const main = runInThisContext('globalThis') as object;
  const found = [main, globalThis].flatMap((realm) =>
    globalDispatchers.map((key) => Reflect.get(realm, key) as object | undefined),
  );
  const inUse = found.filter((dispatcher) => dispatcher !== undefined);
  // It sends by the one of version 8.
  return inUse.filter((dispatcher) => classOf(dispatcher) !== 'Dispatcher1Wrapper');
}

/**
 * Whether a dispatcher is known to connect to the host itself: undici's Agent, with its own way to dispatch and to
 * connect, or a MockAgent on such a one. What a subclass, a wrapper or an interceptor does cannot be seen.
 */
function isDirect(dispatcher: unknown): boolean {
  if (typeof dispatcher !== 'object' || dispatcher === null) return false;
  const { dispatch } = dispatcher as { dispatch?: unknown };
  const prototype = (Object.getPrototypeOf(dispatcher) ?? {}) as { dispatch?: unknown };
  if (dispatch !== prototype.dispatch) return false;
  if (classOf(dispatcher) === 'MockAgent') return isDirect(memberOf(dispatcher, 'agent'));
  const { connect } = (memberOf(dispatcher, 'options') ?? {}) as { connect?: unknown };
  const factory = memberOf(dispatcher, 'factory') as { name?: unknown } | undefined;
  return (
    classOf(dispatcher) === 'Agent' &&
    classOf(prototype) === 'DispatcherBase' &&
    typeof connect !== 'function' &&
    factory?.name === 'defaultFactory'
  );
}

/** The name of the class whose prototype an object has. Copies of undici share no class, but their names. */
function classOf(object: object): string | undefined {
  return (Object.getPrototypeOf(object) as object | null)?.constructor.name;
}

function memberOf(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((each) => each.description === description);
  return key && (Reflect.get(object, key) as unknown);
}

/** An agent as Node's own global one is by default. That may be of another class, or have a proxy. */
function directAgent(): Agent {
  // Loaded at the first use, so that importing the package stays cheap.
  const http = process.getBuiltinModule('node:http');
  agent ??= new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  return agent;
}

/**
 * Whether a function is the `fetch` of Node itself, which sends by the dispatcher that it is given. Any other, also one
 * put in place of the global `fetch`, may drop that and send by a default of Node.
 */
function isNodesFetch(send: unknown): boolean {
  const source = typeof send === 'function' ? Function.prototype.toString.call(send) : '';
  return source.startsWith('function fetch(') && source.includes("'internal/deps/undici/undici'");
}

/** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` where the defaults of Node, by one of which a `fetch` sends, are not known to be direct */
function requireNoProxy(): void {
  const { globalAgent } = process.getBuiltinModule('node:http');
  if (dispatchersInUse().every(isDirect) && isDirectAgent(globalAgent)) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    "The global agent or dispatcher of Node may send through a proxy, and a fetch that is not Node's own may use it: the proxy would see the credential of this http: request to a loopback host. Give the request a dispatcher or an agent of its own, or send with Node's own fetch.",
  );
}

/** Whether an agent is one of Node's own class, with its own way to connect and without a proxy for `http:`. */
function isDirectAgent(agent: Agent): boolean {
  const { prototype } = process.getBuiltinModule('node:http').Agent;
  if (Object.getPrototypeOf(agent) !== prototype) return false;
  if (Object.keys(prototype).some((method) => Object.hasOwn(agent, method))) return false;
  const { options } = agent as Agent & {
    options: { proxyEnv?: Record<string, string | undefined> };
  };
  const { proxyEnv } = options;
  return !proxyEnv?.['http_proxy'] && !proxyEnv?.['HTTP_PROXY'];
}
