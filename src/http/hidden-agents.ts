import type { Agent } from 'node:http';

/** Each look-alike's agent; held here, since a field would show it. */
const agents = new WeakMap<object, Agent>();
const lookAlikes = new WeakMap<Agent, object>();

/**
 * Takes the agents out of an axios config and leaves look-alikes. An agent leads to the sockets in
 * use and so to the path and headers of every request in flight; axios puts it into errors and
 * responses with the config. A look-alike leads nowhere, yet sends through its agent.
 */
export function hideAgents(config: Record<string, unknown>): Record<string, unknown> {
  const given = ['httpAgent', 'httpsAgent'].filter((name) => isAgent(config[name]));
  const hidden = given.map((name) => [name, agentOf(config[name] as Agent)] as const);
  for (const [name, agent] of hidden) config[name] = lookAlikeOf(agent);
  return Object.fromEntries(hidden);
}

function isAgent(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function agentOf(shown: Agent): Agent {
  return agents.get(shown) ?? shown;
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
