import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import axios from 'axios';
import { apiKey, apiSecret } from '../account.mjs';
import { runConcurrently } from '../concurrency.mjs';
import { runInterleaved } from '../interleave.mjs';
import { atLeast, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { perSecond } from '../units.mjs';

export const title = 'Requests through axios';
export const note =
  'GET requests to a server on the loopback interface, in a process of its own, over keep-alive connections. The floor is the same request by axios without `attachAuth`, with the credential in its parameters and with `maxRedirects: 0`, as `attachAuth` sends it. "plain axios" is the same with its default of following redirects.';

const batch = 40;

export async function run({ requests }) {
  const server = fork(new URL('../children/server.mjs', import.meta.url));
  try {
    const [port] = await once(server, 'message');
    const contestants = createContestants(`http://127.0.0.1:${port}`);
    // One round is too short to warm up a whole HTTP client.
    await runInterleaved(contestants, 1, (send) => runConcurrently(500, 4, send));
    return [
      ...(await throughput(contestants, requests / batch, 1, 'one at a time')),
      ...(await throughput(contestants, requests / batch, 16, '16 in flight')),
    ];
  } finally {
    server.kill();
  }
}

function createContestants(baseURL) {
  const params = { number: '447700900000' };
  const withCredential = { ...params, api_key: apiKey, api_secret: apiSecret };
  const product = { name: 'number-insight', urls: [`${baseURL}/ni/`], schemes: ['query'] };
  const auth = new nexmoAuth.AuthInjector(new nexmoAuth.Credentials({ apiKey, apiSecret }), {
    products: [product],
  });
  const client = (options) =>
    axios.create({ baseURL, httpAgent: new Agent({ keepAlive: true }), ...options });
  const [ours, floor, plain] = [client(), client({ maxRedirects: 0 }), client()];
  nexmoAuth.attachAuth(ours, auth);
  return {
    floor: () => floor.get('/ni/basic/json', { params: withCredential }),
    ours: () => ours.get('/ni/basic/json', { params }),
    'plain axios': () => plain.get('/ni/basic/json', { params: withCredential }),
  };
}

async function throughput(contestants, rounds, concurrency, label) {
  const { floor, ours, ...peers } = await runInterleaved(contestants, rounds, async (send) => {
    const start = performance.now();
    await runConcurrently(batch, concurrency, send);
    return batch / ((performance.now() - start) / 1000);
  });
  const line = { what: `\`attachAuth\`, ${label}`, unit: perSecond, measured: ours, floor, peers };
  const toPlainAxios = ratio(ours, peers['plain axios']);
  return [
    row({ ...line, target: atLeast(0.95, ratio(ours, floor), ' × the floor') }),
    row({ ...line, target: atLeast(0.95, toPlainAxios, ' × plain axios') }),
  ];
}
