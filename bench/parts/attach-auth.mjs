import { Agent } from 'node:http';
import { Readable } from 'node:stream';
import axios from 'axios';
import { apiKey, apiSecret } from '../account.mjs';
import { injectorFor, rowsForRequests } from '../clients.mjs';
import { withServer } from '../http-server.mjs';
import { nexmoAuth } from '../subject.mjs';

export const title = 'Requests through axios';
export const meaning =
  'The time that `attachAuth` adds to a request, measured against a server on your own machine. A request to the platform takes a hundred times as long as the requests here.';
export const note =
  'Requests to a server on the loopback interface, in a process of its own, over keep-alive connections. The floor is the same request by axios without `attachAuth` and with `maxRedirects: 0`, with which axios does not use follow-redirects. "axios" is axios as it is, with its default of following redirects. "1 MiB up" and "1 MiB down" are streams. "CPU" is the processor time of a request.';

const params = { number: '447700900000' };
const megabyte = Buffer.alloc(2 ** 20, 'x');
const basic = Buffer.from(`${apiKey}:${apiSecret}`).toString('base64');
const hands = {
  basic: { params, headers: { authorization: `Basic ${basic}` } },
  query: { params: { ...params, api_key: apiKey, api_secret: apiSecret } },
};

/** What is sent and read, by name: a function of a client and its config. */
const exchanges = {
  'small answer': (http, config) => http.get('/small', config),
  '1 MiB answer': (http, config) => http.get('/large', { ...config, responseType: 'arraybuffer' }),
  '1 MiB up': (http, config) => http.post('/small', Readable.from(chunks()), config),
  '1 MiB down': async (http, config) => {
    const { data } = await http.get('/large', { ...config, responseType: 'stream' });
    for await (const chunk of data) void chunk;
  },
};

export const run = (effort) =>
  withServer(async (origin) => {
    const rows = [];
    for (const scheme of ['basic', 'query']) {
      for (const [name, exchange] of Object.entries(exchanges)) {
        const contestants = createContestants(origin, scheme, exchange);
        rows.push(
          ...(await rowsForRequests(`\`${scheme}\`, ${name}`, contestants, effort, {
            axios: 0.95,
            floor: 0.9,
          })),
        );
      }
    }
    return rows;
  });

function createContestants(baseURL, scheme, exchange) {
  const client = (options) =>
    axios.create({ baseURL, httpAgent: new Agent({ keepAlive: true }), ...options });
  const [ours, floor, plain] = [client(), client({ maxRedirects: 0 }), client()];
  nexmoAuth.attachAuth(ours, injectorFor(baseURL, scheme));
  return {
    floor: () => exchange(floor, hands[scheme]),
    ours: () => exchange(ours, { params }),
    axios: () => exchange(plain, hands[scheme]),
  };
}

function* chunks() {
  for (let start = 0; start < megabyte.length; start += 65_536) {
    yield megabyte.subarray(start, start + 65_536);
  }
}
