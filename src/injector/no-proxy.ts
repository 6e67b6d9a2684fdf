import type { Agent } from 'node:http';
import { NexmoAuthError } from '../errors';

/** Where undici keeps the dispatcher that `fetch` uses by default: version 8 first, which wraps it for older ones. */
const globalDispatchers = ['2', '1'].map((version) =>
  Symbol.for(`undici.globalDispatcher.${version}`),
);

let agent: Agent | undefined;

/**
 * The dispatcher with which `fetch` sends to a loopback host without a proxy. Undefined where no proxy is set, as by
 * `NODE_USE_ENV_PROXY`.
 *
 * @throws NexmoAuthError `ERR_HOST_NOT_ALLOWED` where a proxy is set that cannot be left out
 */
export function directDispatcher(): object | undefined {
  const inUse = globalDispatchers
    .map((key) => Reflect.get(globalThis, key) as object | undefined)
    .find((dispatcher) => String(dispatcher?.constructor.name).includes('Proxy'));
  if (inUse === undefined) return undefined;
  const key = Object.getOwnPropertySymbols(inUse).find(
    ({ description }) => description === 'no proxy agent',
  );
  if (key !== undefined) return Reflect.get(inUse, key) as object;
  throw new NexmoAuthError(
    'ERR_HOST_NOT_ALLOWED',
    'A proxy is set for all requests by fetch, and would see the credential of this http: request to a loopback host. Give the request a dispatcher of its own, or set undici.EnvHttpProxyAgent in place of a ProxyAgent.',
  );
}

/** The same for Node's `http.request`: an agent, or undefined where no proxy is set. */
export function directAgent(): Agent | undefined {
  // Loaded at the first use, so that importing the package stays cheap.
  const http = process.getBuiltinModule('node:http');
  const { options } = http.globalAgent as Agent & { options: { proxyEnv?: object } };
  if (options.proxyEnv === undefined) return undefined;
  // Otherwise like Node's own global agent.
  agent ??= new http.Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  return agent;
}
