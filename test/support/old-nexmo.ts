import { EventEmitter } from 'node:events';
import { request as sendRequest } from 'node:http';
import type { RequestOptions } from 'node:https';

type Method = (...args: unknown[]) => unknown;
type OldNexmo = Record<string, Record<string, Method>> & {
  generateJwt(claims?: object): string;
  generateSignature(params: object): string;
};

/** The class of the `nexmo` package, whose own types lack most methods. */
export const Nexmo =
  jest.requireActual<new (credentials: object, options?: object) => OldNexmo>('nexmo');

const callOf = (nexmo: OldNexmo, name: string) => {
  const [group = '', method = ''] = name.split('.');
  return (...args: unknown[]) => nexmo[group]?.[method]?.(...args);
};

/** A call by its name, such as `message.search`, and its arguments without the callback. */
export type OldCall = readonly [name: string, ...args: unknown[]];

/** The requests that calls would send. Nothing is sent. */
export function requestsOf(
  calls: readonly OldCall[],
  credentials: object,
  options: object = {},
): RequestOptions[] {
  const requests: RequestOptions[] = [];
  const request = (given: RequestOptions) => {
    requests.push(given);
    return Object.assign(new EventEmitter(), { end: () => undefined });
  };
  const nexmo = new Nexmo(credentials, { ...options, https: { request } });
  for (const [name, ...args] of calls) callOf(nexmo, name)(...args, () => undefined);
  return requests;
}

/** What a call gives to its callback when a server on loopback answers. The request's path begins with its host. */
export function answerOf(
  [name, ...args]: OldCall,
  credentials: object,
  port: string,
): Promise<{ error: unknown; data: unknown }> {
  const request = ({ host, path, ...rest }: RequestOptions) =>
    sendRequest({ ...rest, host: '127.0.0.1', port, path: `/${String(host)}${String(path)}` });
  const nexmo = new Nexmo(credentials, { https: { request } });
  return new Promise((resolve) => {
    callOf(nexmo, name)(...args, (error: unknown, data: unknown) => {
      resolve({ error, data });
    });
  });
}
