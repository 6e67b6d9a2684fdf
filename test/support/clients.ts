import type { AxiosRequestConfig } from 'axios';
import { Agent, request as undiciRequest } from 'undici';
import { attachAuth, type AuthInjector, createAuthFetch } from '../../src';
import { authInterceptor } from '../../src/undici/interceptor';
import { axiosClients } from './axios-clients';
import { testsOlderVersions } from './older-versions';

/** A response, in the terms of any client. */
export type Answer = { status: number; text: string };

/** Sends one request, given as an axios config. */
export type Send = (auth: AuthInjector, request: AxiosRequestConfig) => Promise<Answer>;

/** Every client of this test run. */
export const clients: [string, Send][] = axiosClients.map(([name, { create }]) => [
  name,
  async (auth, request) => {
    const http = create({ validateStatus: null, transformResponse: [] });
    attachAuth(http, auth);
    const { status, data } = await http.request<string>(request);
    return { status, text: data };
  },
]);

/** The parts of a request for a client that knows no `params`. */
function partsOf({ url, method = 'get', params, data, headers }: AxiosRequestConfig) {
  const query = new URLSearchParams(params as Record<string, string>).toString();
  const body = data as object | undefined;
  const isJson = body !== undefined && Object.getPrototypeOf(body) === Object.prototype;
  return { url: `${String(url)}?${query}`, method, headers, body, isJson };
}

const byFetch: [string, Send] = [
  'fetch',
  async (auth, config) => {
    const { url, method, headers, body, isJson } = partsOf(config);
    const response = await createAuthFetch(auth)(url, {
      method,
      headers: { ...headers, ...(isJson && { 'content-type': 'application/json' }) },
      ...(body && { body: isJson ? JSON.stringify(body) : body, duplex: 'half' }),
    } as RequestInit);
    return { status: response.status, text: await response.text() };
  },
];
const byUndici: [string, Send] = [
  'undici',
  async (auth, config) => {
    const { url, method, headers, body, isJson } = partsOf(config);
    const isForm = body instanceof URLSearchParams;
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json';
    const dispatcher = new Agent().compose(authInterceptor(auth));
    const response = await undiciRequest(url, {
      dispatcher,
      method: method.toUpperCase() as 'GET',
      headers: { ...(headers as object), ...((isJson || isForm) && { 'content-type': type }) },
      body: (isJson ? JSON.stringify(body) : isForm ? String(body) : body) as string,
    });
    return { status: response.statusCode, text: await response.body.text() };
  },
];
if (!testsOlderVersions) clients.push(byFetch, byUndici);
