import { apiKey, apiSecret } from '../account.mjs';
import { credentials, injectorFor, rowsForRequests } from '../clients.mjs';
import { withServer } from '../http-server.mjs';
import { nexmoAuth } from '../subject.mjs';

export const title = 'Requests through fetch';
export const meaning =
  'The time that `createAuthFetch` adds to a request, measured against a server on your own machine. A request to the platform takes a hundred times as long as the requests here.';
export const note =
  'GET requests by `createAuthFetch` to a server on the loopback interface, in a process of its own; the text of each answer is read. The floor is `fetch` with the header or the query written by hand. "CPU" is the processor time of a request.';

const { createAuthFetch, JwtGenerator } = nexmoAuth;
const path = '/ni/basic/json?number=447700900000';

export const run = (effort) =>
  withServer(async (origin) => {
    const url = origin + path;
    const token = await new JwtGenerator(credentials).token();
    const basic = Buffer.from(`${apiKey}:${apiSecret}`).toString('base64');
    const withHeader = (authorization) => async () =>
      (await fetch(url, { headers: { authorization } })).text();
    const query = new URLSearchParams({ api_key: apiKey, api_secret: apiSecret });
    const withQuery = async () => (await fetch(`${url}&${query.toString()}`)).text();
    const ours = (scheme, product) => {
      const authFetch = createAuthFetch(injectorFor(origin, scheme, product));
      return async () => (await authFetch(url)).text();
    };
    const refusal = { json: ['status'], codes: ['4'] };
    return [
      ...(await rowsForRequests(
        '`bearer`',
        { floor: withHeader(`Bearer ${token}`), ours: ours('bearer') },
        effort,
        { floor: 0.92 },
      )),
      ...(await rowsForRequests(
        '`basic`',
        { floor: withHeader(`Basic ${basic}`), ours: ours('basic') },
        effort,
        { floor: 0.92 },
      )),
      ...(await rowsForRequests('`query`', { floor: withQuery, ours: ours('query') }, effort, {
        floor: 0.85,
      })),
      ...(await rowsForRequests(
        '`query`, read for its status',
        { floor: withQuery, ours: ours('query', { refusal }) },
        effort,
        { floor: 0.85 },
      )),
    ];
  });
