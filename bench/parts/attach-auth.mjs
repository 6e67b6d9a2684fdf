import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import axios from 'axios';
import { apiKey, apiSecret } from '../account.mjs';
import { inFlight } from '../in-flight.mjs';
import { inTurns } from '../in-turns.mjs';
import { atLeast, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { perSecond } from '../units.mjs';

export const title = 'A request through axios';
export const note =
  'GET requests to a server on the loopback interface, in a process of its own, over kept connections. The floor is the same request by an axios without `attachAuth`, its credential written by hand, with `maxRedirects: 0` as `attachAuth` sends it; beside it the same with the redirects that axios follows by default.';

const batch = 40;

export async function run({ requests }) {
  const server = fork(new URL('../children/server.mjs', import.meta.url));
  try {
    const [port] = await once(server, 'message');
    const contestants = contestantsOf(`http://127.0.0.1:${port}`);
    // One round is too short to warm up a whole HTTP client.
    await inTurns(contestants, 1, (send) => inFlight(500, 4, send));
    return [
      ...(await throughput(contestants, requests / batch, 1, 'one at a time')),
      ...(await throughput(contestants, requests / batch, 16, '16 in flight')),
    ];
  } finally {
    server.kill();
  }
}

function contestantsOf(baseURL) {
  const params = { number: '447700900000' };
  const withCredential = { ...params, api_key: apiKey, api_secret: apiSecret };
  const product = { name: 'number-insight', urls: [`${baseURL}/ni/`], schemes: ['query'] };
  const auth = new nexmoAuth.AuthInjector(new nexmoAuth.Credentials({ apiKey, apiSecret }), {
    products: [product],
  });
  const client = (options) =>
    axios.create({ baseURL, httpAgent: new Agent({ keepAlive: true }), ...options });
  const [ours, bare, redirecting] = [client(), client({ maxRedirects: 0 }), client()];
  nexmoAuth.attachAuth(ours, auth);
  return {
    floor: () => bare.get('/ni/basic/json', { params: withCredential }),
    ours: () => ours.get('/ni/basic/json', { params }),
    'axios as it is': () => redirecting.get('/ni/basic/json', { params: withCredential }),
  };
}

async function throughput(contestants, rounds, width, how) {
  const { floor, ours, ...peers } = await inTurns(contestants, rounds, async (send) => {
    const start = performance.now();
    await inFlight(batch, width, send);
    return batch / ((performance.now() - start) / 1000);
  });
  const line = { what: `\`attachAuth\`, ${how}`, unit: perSecond, measured: ours, floor, peers };
  const toRedirecting = ratio(ours, peers['axios as it is']);
  return [
    row({ ...line, target: atLeast(0.95, ratio(ours, floor), ' × the floor') }),
    row({ ...line, target: atLeast(0.95, toRedirecting, ' × axios as it is') }),
  ];
}
