// Three products, one axios instance, no product named: each request gets the credential it needs.
// Then two requests that must fail. Everything is sent to a local Nexmo, nothing leaves the machine.
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import axios from 'axios';
import Table from 'cli-table3';
import { attachAuth, AuthInjector, Credentials, decodeJwt } from 'nexmo-auth';
import { startSandbox } from 'nexmo-auth/testing';
import colours from 'picocolors';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const credentials = new Credentials({
  apiKey: 'abcd1234',
  apiSecret: randomBytes(8).toString('hex'),
  applicationId: randomUUID(),
  privateKey,
});
const { apiKey, applicationId } = credentials;
const apiSecret = credentials.reveal('apiSecret');
const sandbox = await startSandbox({ apiKey, apiSecret, applicationId, publicKey });

/** An axios instance that authenticates, and takes every status for an answer. */
function client(held, options) {
  const http = axios.create({ validateStatus: null });
  attachAuth(http, new AuthInjector(held, { products: sandbox.products, ...options }));
  return http;
}

const sms = { from: 'Nexmo', to: '447700900000', text: 'Hello from Nexmo' };
const call = {
  to: [{ type: 'phone', number: '447700900000' }],
  from: { type: 'phone', number: '447700900001' },
  ncco: [{ action: 'talk', text: 'Hello from Nexmo' }],
};
const smsUrl = `${sandbox.url('sms')}json`;
const http = client(credentials);
const wrongSecret = client(credentials.with({ apiSecret: 'not-the-secret' }));
const anHourAgo = client(credentials, { now: () => Date.now() - 3_600_000 });

const steps = [
  {
    what: 'SMS',
    send: () => http.get(smsUrl, { params: sms }),
    expected: { product: 'sms', scheme: 'query', status: 200, says: 'status 0' },
  },
  {
    what: 'Number Insight',
    send: () =>
      http.get(`${sandbox.url('number-insight')}basic/json`, { params: { number: sms.to } }),
    expected: { product: 'number-insight', scheme: 'query', status: 200, says: 'Success' },
  },
  {
    what: 'Voice call',
    send: () => http.post(sandbox.url('voice'), call),
    expected: { product: 'voice', scheme: 'bearer', status: 201, says: 'started' },
  },
  {
    what: 'SMS,\nwrong secret',
    send: () => wrongSecret.get(smsUrl, { params: sms }),
    expected: { product: 'sms', scheme: 'query', status: 200, says: 'status 4 Bad Credentials' },
  },
  {
    what: 'Voice call,\nexpired token',
    send: () => anHourAgo.post(sandbox.url('voice'), call),
    expected: { product: 'voice', scheme: 'bearer', status: 401, says: 'Unauthorized' },
  },
];

/** What the platform says of the outcome, in the words of each product. */
function saysOf({ messages: [message] = [], status_message, error_title, status }) {
  if (message) return [`status ${message.status}`, message['error-text']].filter(Boolean).join(' ');
  return status_message ?? error_title ?? status;
}

/** What arrived at the server as credential, without what is secret in it. */
function attachedTo({ query, headers: { authorization } }) {
  if (authorization === undefined && query.api_secret === undefined) return { attached: 'nothing' };
  if (authorization === undefined) {
    return { scheme: 'query', attached: `api_key=${query.api_key}\napi_secret=[redacted]` };
  }
  const { exp } = decodeJwt(authorization.replace('Bearer ', '')).claims;
  const seconds = exp - Math.floor(Date.now() / 1000);
  const life = seconds > 0 ? `expires in ${seconds} s` : `expired ${-seconds} s ago`;
  return { scheme: 'bearer', attached: `Bearer [redacted],\n${life}` };
}

async function run({ what, send, expected }) {
  const { data } = await send();
  const { method, host, path, product, status, ...request } = sandbox.requests.at(-1);
  const { scheme, attached } = attachedTo(request);
  const seen = { product, scheme, status, says: saysOf(data) };
  const right = Object.keys(expected).every((name) => seen[name] === expected[name]);
  const verdict = right ? colours.green('right') : colours.red(`wrong: not ${expected.says}`);
  const place = `${method}\n${host}${path}`;
  return {
    right,
    cells: [what, product, place, scheme, attached, `${status}\n${seen.says}`, verdict],
  };
}

const head = ['request', 'product', 'method and URL', 'scheme', 'attached', 'answer', ''];
const table = new Table({ head: head.map(colours.bold), style: { head: [], border: [] } });
let failed = 0;
for (const step of steps) {
  const { right, cells } = await run(step);
  if (!right) failed += 1;
  table.push(cells);
}
await sandbox.close();
console.log(table.toString());
console.log(`${steps.length - failed} of ${steps.length} lines are as they should be.`);
process.exitCode = failed === 0 ? 0 : 1;
