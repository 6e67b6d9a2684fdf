import type { AxiosConfig } from './axios-client';

/** The agent of each look-alike (see `hideAgents`). Not stored in a field, since logs would show the field. */
const agents = new WeakMap<object, object>();
const lookAlikes = new WeakMap<object, object>();

/** The methods with which Node and undici send through an agent. */
const sendMethods = new Set<PropertyKey>(['addRequest', 'dispatch']);

/**
 * Replaces the agents of an axios config with look-alikes, and returns the fields with the agents. An agent refers to
 * its sockets, and through them to the path and headers of every pending request. Axios shows agents in the config of
 * errors and responses. A look-alike sends through its agent, but has no field that refers to that agent.
 */
export function hideAgents(config: AxiosConfig): AxiosConfig {
  const hidden = hideIn(config, ['httpAgent', 'httpsAgent']);
  if (!isObject(config['fetchOptions'])) return hidden;
  const fetchOptions: AxiosConfig = { ...config['fetchOptions'] };
  // node-fetch uses `agent`, and undici `dispatcher`.
  const hiddenOptions = hideIn(fetchOptions, ['agent', 'dispatcher']);
  config['fetchOptions'] = fetchOptions;
  return { ...hidden, fetchOptions: { ...fetchOptions, ...hiddenOptions } };
}

function hideIn(options: AxiosConfig, names: readonly string[]): AxiosConfig {
  const hidden: AxiosConfig = {};
  for (const name of names) {
    const value = options[name];
    if (!isObject(value)) continue;
    const agent = agents.get(value) ?? value;
    hidden[name] = agent;
    options[name] = lookAlikeOf(agent);
  }
  return hidden;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function lookAlikeOf(agent: object): object {
  const lookAlike = lookAlikes.get(agent) ?? makeLookAlike(agent);
  lookAlikes.set(agent, lookAlike);
  agents.set(lookAlike, agent);
  return lookAlike;
}

/**
 * An object of the agent's class without fields of its own. Shows the strings, numbers and booleans of the agent. In
 * place of any other object, such as `sockets`, an inner agent or cached TLS sessions, there is an empty object.
 */
function makeLookAlike(agent: object): object {
  const prototype = Object.getPrototypeOf(agent) as object | null;
  return new Proxy(Object.create(prototype) as object, {
    get: (_target, name) => {
      const value: unknown = Reflect.get(agent, name);
      if (typeof value === 'function' && sendMethods.has(name)) {
        return (...args: unknown[]): unknown => Reflect.apply(value, agent, args);
      }
      return isObject(value) ? {} : value;
    },
  });
}
