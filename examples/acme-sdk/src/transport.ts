import { attachAuth, type AuthInjector, type AxiosLike, createAuthFetch } from 'nexmo-auth';
import { fail } from './errors';

export type Call = { method: string; url: string; params?: Record<string, string>; data?: object };
/** `data` is parsed if it is JSON. */
export type Answer = { status: number; headers: object; data: unknown };

/** Sends a call with its credential. Rejects, with an AcmeError, only if there is no answer: a 401 is an answer. */
export type Send = (call: Call, signal: AbortSignal) => Promise<Answer>;
export type Transport = (auth: AuthInjector) => Send;

/** Sends with the global `fetch`, or with your own. */
export function withFetch(underlying?: typeof fetch): Transport {
  return (auth) => {
    const authFetch = createAuthFetch(auth, { fetch: underlying });
    return async ({ method, url, params, data }, signal) => {
      const target = params === undefined ? url : `${url}?${String(new URLSearchParams(params))}`;
      const headers = { 'content-type': 'application/json' };
      const json = data && { headers, body: JSON.stringify(data) };
      const response = await authFetch(target, { method, signal, ...json }).catch(fail);
      const text = await response.text().catch(fail);
      const body: unknown = await new Response(text).json().catch(() => text);
      return { status: response.status, headers: response.headers, data: body };
    };
  };
}

/** Sends with an axios instance, such as `axios.create()`. Make one for each client. */
export function withAxios(http: AxiosLike): Transport {
  return (auth) => {
    attachAuth(http, auth);
    return (call, signal) => http.request({ ...call, signal, validateStatus: null }).catch(fail);
  };
}
