// Sends one request to each product, through axios and through fetch. Each gets the credential that its
// product accepts. Then sends one request with a wrong clock, which is detected and corrected, and two
// requests that must be refused. Everything goes to a local Nexmo: nothing leaves the machine.
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
  opentok: { apiKey: '46012345', apiSecret: randomBytes(20).toString('hex') },
});
const { apiKey, applicationId } = credentials;
const apiSecret = credentials.reveal('apiSecret');
const opentok = credentials.reveal('opentok');
const sandbox = await startSandbox({ apiKey, apiSecret, applicationId, publicKey, opentok });

/** Senders through axios and through fetch. Each resolves to the status and the text of the response. */
function createSenders(credentials, options) {
  const auth = new AuthInjector(credentials, { products: sandbox.products, ...options });
  const http = axios.create({ validateStatus: null, responseType: 'text' });
  attachAuth(http, auth);
  const authFetch = createAuthFetch(auth);

  async function sendByAxios(method, url, data) {
    const response = await http.request({ method, url, data });
    return [response.status, response.data];
  }
  async function sendByFetch(method, url, data) {
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(data) };
    const response = await authFetch(url, { method, ...(data && json) });
    return [response.status, await response.text()];
  }
  return [sendByAxios, sendByFetch];
}

/** The HTTP status, followed by the status in the body if there is one. */
function describeStatus([status, text]) {
  const inBody = /"status": ?"?(\d+)/.exec(text)?.[1];
  return inBody === undefined ? `${status}` : `${status}/${inBody}`;
}

/** The scheme of the credential that arrived, with the secret left out. */
function describeCredential({ query, headers }) {
  const inHeader = /^(Basic|Bearer) /.exec(headers.authorization)?.[1].toLowerCase();
  const opentok = headers['x-opentok-auth'] && 'opentok';
  const scheme = inHeader ?? opentok ?? (query.api_secret && 'query');
  return scheme ? `${scheme} [redacted]` : 'none known';
}

// The sandbox lists the products: there must be exactly one request for each.
const names = sandbox.products.map(({ name }) => name);
assert.deepEqual(new Set(Object.keys(requests)), new Set(names));

const senders = createSenders(credentials);
const wrongSecret = createSenders(credentials.with({ apiSecret: 'not-the-secret' }));
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const wrongKey = createSenders(credentials.with({ privateKey: otherKey }));
const slowClock = createSenders(credentials, { now: () => Date.now() - 3_600_000 });
const lines = [
  ...names.map((name) => ({ name, senders, status: /^2\d\d(\/0)?$/ })),
  { name: 'voice', note: ', by a clock an hour behind', senders: slowClock, status: /^201$/ },
  {
    name: 'sms',
    note: ', with a wrong secret',
    senders: wrongSecret,
    status: /^200\/4$/,
    refusal: 'api_key or api_secret does not match the account',
  },
  {
    name: 'voice',
    note: ', with a wrong key',
    senders: wrongKey,
    status: /^401$/,
    refusal: 'invalid signature',
  },
];

const widths = [5, Math.max(...names.map(({ length }) => length)), 17, 5, 5];
const row = (...cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');

/** Sends the request of a line with each sender, prints the line, and returns whether it is right. */
async function printLine({ name, note = '', senders, status, refusal }) {
  const [method, path, body] = requests[name];
  const [scheme] = sandbox.products.find((product) => product.name === name).schemes;
  const results = [];
  for (const send of senders) {
    const answer = describeStatus(await send(method, `${sandbox.url(name)}${path}`, body));
    const arrived = sandbox.requests.at(-1);
    const credential = describeCredential(arrived);
    const right =
      arrived.product === name &&
      credential === `${scheme} [redacted]` &&
      arrived.refusal === refusal &&
      status.test(answer);
    results.push({ url: `${method} ${arrived.host}${arrived.path}`, credential, answer, right });
  }
  const distinct = (field) => [...new Set(results.map((result) => result[field]))].join(' or ');
  const right = results.every((result) => result.right);
  const verdict = right ? colours.green('right') : colours.red('wrong');
  const hint = right ? '' : `, expected ${scheme} and ${status}`;
  const answers = results.map(({ answer }) => answer);
  const request = `${distinct('url')}${note}${hint}`;
  console.log(row(verdict, name, distinct('credential'), ...answers, request));
  return right;
}

console.log(colours.bold(row('', 'product', 'credential', 'axios', 'fetch', 'method and URL')));
let right = 0;
for (const line of lines) {
  if (await printLine(line)) right += 1;
}
await sandbox.close();
console.log(
  'The columns axios and fetch show the HTTP status / the status in the body, if there is one.',
);
console.log(`${right} of ${lines.length} lines are right.`);
process.exitCode = right === lines.length ? 0 : 1;
