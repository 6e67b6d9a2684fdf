import type { Agent } from 'node:http';

/** The agent of each look-alike (see `hideAgents`). Not stored in a field, since logs would show the field. */
const agents = new WeakMap<object, Agent>();
const lookAlikes = new WeakMap<Agent, object>();

/**
 * Replaces the agents of an axios config with look-alikes, and returns the agents. An agent refers to its sockets, and
 * through them to the path and headers of every pending request. Axios shows agents in the config of errors and
 * responses. A look-alike sends through its agent, but has no field that refers to that agent.
 */
export function hideAgents(config: Record<string, unknown>): Record<string, unknown> {
  const names = ['httpAgent', 'httpsAgent'].filter((name) => isObject(config[name]));
  const entries = names.map((name) => [name, agentOf(config[name] as Agent)] as const);
  for (const [name, agent] of entries) config[name] = lookAlikeOf(agent);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function agentOf(agent: Agent): Agent {
  return agents.get(agent) ?? agent;
}

function lookAlikeOf(agent: Agent): object {
  const lookAlike = lookAlikes.get(agent) ?? makeLookAlike(agent);
  lookAlikes.set(agent, lookAlike);
  agents.set(lookAlike, agent);
  return lookAlike;
}

function makeLookAlike(agent: Agent): object {
  return Object.assign(Object.create(Object.getPrototypeOf(agent) as object) as object, agent, {
    sockets: {},
    freeSockets: {},
    requests: {},
    addRequest: (...request: unknown[]) => {
      (agent as unknown as { addRequest: (...request: unknown[]) => void }).addRequest(...request);
    },
  });
}
