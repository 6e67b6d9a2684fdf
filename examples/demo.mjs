// One request for each product, through one axios instance and through one fetch, without a word
// about credentials: each gets the one that its product takes. Then one with a clock that is wrong,
// which is noticed and set right, and two requests that must fail.
// Everything is sent to a local Nexmo, nothing leaves the machine.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import axios from 'axios';
import { attachAuth, AuthInjector, createAuthFetch, Credentials } from 'nexmo-auth';
import { startSandbox } from 'nexmo-auth/testing';
import colours from 'picocolors';
import { requests } from './requests.mjs';

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

/** An axios instance and a fetch that authenticate, and give any answer as its status and text. */
function clients(held, options) {
  const auth = new AuthInjector(held, { products: sandbox.products, ...options });
  const http = axios.create({ validateStatus: null, responseType: 'text' });
  attachAuth(http, auth);
  const authFetch = createAuthFetch(auth);

  async function byAxios(method, url, data) {
    const answer = await http.request({ method, url, data });
    return [answer.status, answer.data];
  }
  async function byFetch(method, url, data) {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) };
    const answer = await authFetch(url, { method, ...(data && json) });
    return [answer.status, await answer.text()];
  }
  return [byAxios, byFetch];
}

/** The HTTP status, and the one in the body where a product has one. */
function statusOf([status, text]) {
  const inBody = /"status": ?"?(\d+)/.exec(text)?.[1];
  return inBody === undefined ? `${status}` : `${status}/${inBody}`;
}

/** What arrived at the server as credential, without what is secret in it. */
function attachedTo({ query, headers: { authorization } }) {
  const inHeader = /^(Basic|Bearer) /.exec(authorization)?.[1].toLowerCase();
  const scheme = inHeader ?? (query.api_secret && 'query');
  return scheme ? `${scheme} [redacted]` : 'none known';
}

// The sandbox's table says which lines there are: none is forgotten, none is for nothing.
const names = sandbox.products.map(({ name }) => name);
assert.deepEqual(new Set(Object.keys(requests)), new Set(names));

const own = clients(credentials);
const wrongSecret = clients(credentials.with({ apiSecret: 'not-the-secret' }));
const anotherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const wrongKey = clients(credentials.with({ privateKey: anotherKey }));
const anHourAgo = clients(credentials, { now: () => Date.now() - 3_600_000 });
const lines = [
  ...names.map((name) => ({ name, senders: own, status: /^2\d\d(\/0)?$/ })),
  { name: 'voice', but: ', by a clock an hour behind', senders: anHourAgo, status: /^201$/ },
  {
    name: 'sms',
    but: ', with a wrong secret',
    senders: wrongSecret,
    status: /^200\/4$/,
    refusal: 'api_key or api_secret does not match the account',
  },
  {
    name: 'voice',
    but: ', with a wrong key',
    senders: wrongKey,
    status: /^401$/,
    refusal: 'invalid signature',
  },
];

const widths = [5, Math.max(...names.map(({ length }) => length)), 17, 5, 5];
const row = (...cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');

/** Sends a line's request by each of its clients, shows it, and tells whether all is right. */
async function show({ name, but = '', senders, status, refusal }) {
  const [method, path, body] = requests[name];
  const [scheme] = sandbox.products.find((product) => product.name === name).schemes;
  const seen = [];
  for (const send of senders) {
    const said = statusOf(await send(method, `${sandbox.url(name)}${path}`, body));
    const arrived = sandbox.requests.at(-1);
    const attached = attachedTo(arrived);
    const right =
      arrived.product === name &&
      attached === `${scheme} [redacted]` &&
      arrived.refusal === refusal &&
      status.test(said);
    seen.push({ place: `${method} ${arrived.host}${arrived.path}`, attached, said, right });
  }
  const each = (fact) => [...new Set(seen.map((one) => one[fact]))].join(' or ');
  const right = seen.every((one) => one.right);
  const verdict = right ? colours.green('right') : colours.red('wrong');
  const hint = right ? '' : `, expected ${scheme} and ${status}`;
  const answers = seen.map(({ said }) => said);
  console.log(row(verdict, name, each('attached'), ...answers, `${each('place')}${but}${hint}`));
  return right;
}

console.log(colours.bold(row('', 'product', 'attached', 'axios', 'fetch', 'method and URL')));
let right = 0;
for (const line of lines) {
  if (await show(line)) right += 1;
}
await sandbox.close();
console.log('Below axios and fetch: the HTTP status / the status in the body, if it has one.');
console.log(`${right} of ${lines.length} lines are as they should be.`);
process.exitCode = right === lines.length ? 0 : 1;
