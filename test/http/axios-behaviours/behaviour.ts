import type { AxiosInstance, AxiosStatic, CreateAxiosDefaults } from 'axios';
import type { BehaviourServer } from './server';

/** What a behaviour runs with: axios, with or without `attachAuth`, and a server. */
export type World = {
  library: AxiosStatic;
  adapter: 'http' | 'fetch';
  server: BehaviourServer;
  /** Creates an instance whose base URL is the server; `prepare` is called before `attachAuth`. */
  create: (config?: CreateAxiosDefaults, prepare?: (http: AxiosInstance) => void) => AxiosInstance;
};

export type Run = (world: World) => unknown;

/** A behaviour of axios; `run` returns a value that can be compared. */
export type Behaviour = {
  run: Run;
  /** Why it differs with `attachAuth`: a sentence of docs/http-clients.md. */
  differs?: string;
  /** The adapter to which it is limited; both by default. */
  by?: 'http' | 'fetch';
  /** Whether it is limited to the newest axios. */
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

/** One behaviour for each value; `%s` in the name is the value. */
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

/** Merges the parts of a topic. Two behaviours of one name are an error, because only one of them would run. */
export function topic(...parts: Topic[]): Topic {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0) throw new Error(`Behaviours of one name: ${repeated.join(', ')}`);
  return Object.fromEntries(entries);
}
