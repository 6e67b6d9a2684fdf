import type { Agent } from 'node:http';
import { NexmoAuthError } from '../errors';
import { builtInAdapter } from './direct-transport';

/** The global symbols for the default dispatcher of `fetch`: undici 8 uses number 2, earlier versions use 1. */
const globalDispatchers = ['2', '1'].map((version) =>
  Symbol.for(`undici.globalDispatcher.${version}`),
);

/** The options of `fetch` that route a request: `dispatcher` in undici, `agent` in node-fetch. */
export type Route = { dispatcher?: object | null | undefined; agent?: unknown };

/** The options of axios that route a request. */
export type AxiosRoute = {
  httpAgent?: unknown;
  fetchOptions?: (Route & { redirect?: unknown }) | undefined;
  env?: { fetch?: unknown } | undefined;
};

/** The result of `directAgent`. Created at the first use. */
let sharedAgent: Agent | undefined;

/** The global object of the main context. Found at the first use. */
let mainRealm: object | undefined;

/**
 * The routing options of a request sent with `fetch`. Trusts a `dispatcher` or `agent` of the caller. Without a
 * `dispatcher` or `agent`, an `http:` request bypasses all proxies, because a proxy would see the credential. (`http:`
 * is allowed only to loopback hosts.)
 *
 * @param send the `fetch` that sends the request
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` if a proxy could see an `http:` request
 */
export function routeOf(url: string, chosen: Route, send: unknown): Route {
  const { dispatcher, agent } = chosen;
  if (!url.startsWith('http:')) {
    return { ...(dispatcher != null && { dispatcher }), ...(agent != null && { agent }) };
  }
  if (dispatcher == null && !isGiven(agent) && !isNodesFetch(send)) requireNoProxy();
  const direct = dispatcher ?? directDispatcher();
  return { ...(direct !== undefined && { dispatcher: direct }), agent: orDirectAgent(agent) };
}

/**
 * The routing options of a request sent with axios. Follows the rules of `routeOf`.
 *
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED`
 */
export function axiosRouteOf(
  url: string,
  config: AxiosRoute,
  adapter: unknown,
): { fetchOptions: object; proxy?: false; httpAgent?: unknown } {
  const { dispatcher, agent: fetchAgent, ...others } = config.fetchOptions ?? {};
  const builtIn = builtInAdapter(adapter);
  const { fetch: configuredFetch } = config.env ?? {};
  const send = typeof configuredFetch === 'function' ? configuredFetch : globalThis.fetch;
  const chosen = { dispatcher, agent: fetchAgent };
  const fetchOptions = {
    ...others,
    // In axios 1.15, these fields override those of the request.
    headers: undefined,
    method: undefined,
    body: undefined,
    ...(builtIn !== 'http' && routeOf(url, chosen, send)),
  };
  if (!url.startsWith('http:')) return { fetchOptions };
  // With `httpAgent: false`, Node would create an agent of the global agent's class, and that agent may use a proxy.
  const httpAgent =
    config.httpAgent === false ? directAgent() : (config.httpAgent ?? directAgent());
  return { fetchOptions, proxy: false, httpAgent };
}

/** Returns a dispatcher that uses no proxy, or undefined if the global dispatchers already use no proxy. */
function directDispatcher(): object | undefined {
  const indirect = dispatchersInUse().find((dispatcher) => !isDirect(dispatcher));
  if (indirect === undefined) return undefined;
  // For the hosts in NO_PROXY, EnvHttpProxyAgent has an inner agent without a proxy.
  const direct = memberOf(indirect, 'no proxy agent');
  if (isDirect(direct)) return direct as object;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'The global dispatcher of undici may send through a proxy, which would see the credential of this http: request to a loopback host. Pass a dispatcher with the request, or set the global dispatcher to an undici Agent or EnvHttpProxyAgent.',
  );
}

/**
 * The global dispatchers of this context and of the main context. In a vm context, such as Jest's, Node's `fetch` still
 * uses the main context's dispatcher.
 */
function dispatchersInUse(): object[] {
  mainRealm ??= process.getBuiltinModule('node:vm').runInThisContext('globalThis') as object;
  return [...new Set([mainRealm, globalThis])].flatMap((realm) => {
    const [second, first] = globalDispatchers.map(
      (key) => Reflect.get(realm, key) as object | undefined,
    );
    const isCopy = second !== undefined && first !== undefined && wraps(first, second);
    return [second, isCopy ? undefined : first].filter((dispatcher) => dispatcher !== undefined);
  });
}

/** The dispatchers that were found to be wrapped, by their wrappers. */
const wrapped = new WeakMap<object, object>();

/**
 * Whether a dispatcher is the wrapper of another. undici 8 stores its dispatcher under number 2, and a wrapper of it
 * under number 1. The wrapper hides what it wraps. But if it gets no handler, it reads `dispatch` of that dispatcher
 * and throws before it calls it.
 */
function wraps(wrapper: object, dispatcher: object): boolean {
  if (classOf(wrapper) !== 'Dispatcher1Wrapper') return false;
  if (wrapped.get(wrapper) === dispatcher) return true;
  if (Object.hasOwn(dispatcher, 'dispatch') || !Object.isExtensible(dispatcher)) return false;
  const { dispatch } = dispatcher as { dispatch?: unknown };
  const get = () => {
    wrapped.set(wrapper, dispatcher);
    return dispatch;
  };
  Object.defineProperty(dispatcher, 'dispatch', { get, configurable: true });
  try {
    (wrapper as { dispatch: (options: object, handler: null) => void }).dispatch({}, null);
  } catch {
    // A wrapper needs a handler.
  }
  Reflect.deleteProperty(dispatcher, 'dispatch');
  return wrapped.get(wrapper) === dispatcher;
}

/**
 * Whether a dispatcher is known to connect without a proxy. This is so for an unmodified undici Agent, and for a
 * MockAgent that wraps such an Agent. Subclasses, other wrappers and interceptors may use a proxy.
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

/** The class name of an object. Names are compared, because each copy of undici has its own class of that name. */
function classOf(object: object): string | undefined {
  return (Object.getPrototypeOf(object) as object | null)?.constructor.name;
}

function memberOf(object: object, description: string): unknown {
  const key = Object.getOwnPropertySymbols(object).find((each) => each.description === description);
  return key && (Reflect.get(object, key) as unknown);
}

/** The agent of node-fetch: an agent, or a function that returns one. Without one, node-fetch uses the global agent. */
function orDirectAgent(agent: unknown): unknown {
  if (typeof agent !== 'function') return isGiven(agent) ? agent : directAgent();
  return (...args: unknown[]): unknown => orDirectAgent(Reflect.apply(agent, undefined, args));
}

/** Whether an agent is given. node-fetch ignores every falsy value of the option `agent`. */
function isGiven(agent: unknown): boolean {
  return Boolean(agent);
}

/** An agent with the defaults of Node's global agent. (The global agent may have been replaced, or may use a proxy.) */
function directAgent(): Agent {
  // Loaded lazily, to keep the import of this package cheap.
  const http = process.getBuiltinModule('node:http');
  sharedAgent ??= new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  return sharedAgent;
}

/**
 * Whether a function is Node's own `fetch`, which uses the `dispatcher` option. Any other function, such as a
 * replacement of the global `fetch`, may ignore the option and use Node's defaults.
 */
export function isNodesFetch(send: unknown): boolean {
  const source = typeof send === 'function' ? Function.prototype.toString.call(send) : '';
  return source.startsWith('function fetch(') && source.includes("'internal/deps/undici/undici'");
}

/** @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` unless Node's global agent and dispatcher are known to use no proxy */
function requireNoProxy(): void {
  const { globalAgent } = process.getBuiltinModule('node:http');
  if (dispatchersInUse().every(isDirect) && isDirectAgent(globalAgent)) return;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    "The fetch function may use Node's global agent or dispatcher, and these may use a proxy, which would see the credential of this http: request to a loopback host. Pass a dispatcher or an agent with the request, or use Node's built-in fetch.",
  );
}

/** Whether an agent is an unmodified `http.Agent` without a proxy for `http:`. */
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
