import type { AxiosInstance, AxiosStatic, CreateAxiosDefaults } from 'axios';
import type { BehaviourServer } from './server';

/** What a behaviour has to work with: a client, attached or not, and a server. */
export type World = {
  library: AxiosStatic;
  adapter: 'http' | 'fetch';
  server: BehaviourServer;
  /** An instance whose base URL is the server; `prepare` sees it before `attachAuth` does. */
  create: (config?: CreateAxiosDefaults, prepare?: (http: AxiosInstance) => void) => AxiosInstance;
};

export type Run = (world: World) => unknown;

/** What axios does, as a value that can be compared. */
export type Behaviour = {
  run: Run;
  /** Why it is another one with `attachAuth`: a sentence that is in docs/http-clients.md too. */
  differs?: string;
  /** The adapter that it is about, where it is not about both. */
  by?: 'http' | 'fetch';
  /** Whether only the newest axios has it. */
  isNew?: boolean;
};

export type Topic = Record<string, Run | Behaviour>;

export const byHttp = (run: Run): Behaviour => ({ run, by: 'http' });
export const byFetch = (run: Run): Behaviour => ({ run, by: 'fetch' });
export const newByHttp = (run: Run): Behaviour => ({ run, by: 'http', isNew: true });
export const differs = (reason: string, behaviour: Run | Behaviour): Behaviour => ({
  ...(typeof behaviour === 'function' ? { run: behaviour } : behaviour),
  differs: reason,
});

/** One behaviour for each of some values, named after it. */
export function forEach<Value>(
  values: Record<string, Value> | readonly (Value & (string | number))[],
  name: string,
  behaviour: (value: Value) => Run | Behaviour,
): Topic {
  const entries: [string, Value][] = Array.isArray(values)
    ? values.map((value: Value) => [String(value), value])
    : Object.entries(values);
  return Object.fromEntries(
    entries.map(([key, value]) => [name.replace('%s', key), behaviour(value)]),
  );
}
