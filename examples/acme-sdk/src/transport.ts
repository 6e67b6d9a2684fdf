import { attachAuth, type AuthInjector, type AxiosLike, createAuthFetch } from 'nexmo-auth';

export type Call = { method: string; url: string; params?: Record<string, string>; data?: object };

/** `body` is parsed if it is JSON. */
export type Answer = { status: number; headers: object; body: unknown };

/** Sends a call with its credential. Rejects only if there is no answer: a 401 is an answer. */
export type Send = (call: Call) => Promise<Answer>;

export type Transport = (auth: AuthInjector) => Send;

/** Sends with the global `fetch`, or with your own. */
export function withFetch(underlying?: typeof fetch): Transport {
  return (auth) => {
    const authFetch = createAuthFetch(auth, { fetch: underlying });
    return async ({ method, url, params, data }) => {
      const target = params === undefined ? url : `${url}?${String(new URLSearchParams(params))}`;
      const headers = { 'content-type': 'application/json' };
      const json = data && { headers, body: JSON.stringify(data) };
      const response = await authFetch(target, { method, ...json });
      const text = () => response.text();
      const body: unknown = await response.clone().json().catch(text);
      return { status: response.status, headers: response.headers, body };
    };
  };
}

/** Sends with an axios instance, such as `axios.create({ timeout: 5000 })`. Make one for each client. */
export function withAxios(instance: AxiosLike): Transport {
  return (auth) => {
    attachAuth(instance, auth);
    return async (call) => {
      const response = await instance.request({ ...call, validateStatus: null });
      return { status: response.status, headers: response.headers, body: response.data };
    };
  };
}
