// Run with NODE_USE_ENV_PROXY=1 and HTTP_PROXY. Loopback requests must not go through that proxy.
const assert = require('node:assert/strict');
const { createServer, get, globalAgent, Agent } = require('node:http');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { text } = require('node:stream/consumers');
const axios = require('axios');
const {
  AuthInjector,
  attachAuth,
  createAuthFetch,
  Credentials,
  OAuth1Flow,
} = require('nexmo-auth');
const { signWebhook, startSandbox } = require('nexmo-auth/testing');

const account = { apiKey: 'abcd1234', apiSecret: 'correct horse' };
const oauth1 = { consumerKey: 'consumer', consumerSecret: 'consumer secret' };

/** Sends by `http.get`, as node-fetch does: with the global agent, unless another agent is passed. */
async function httpFetch(url, { agent } = {}) {
  const [response] = await once(get(url, { agent }), 'response');
  response.resume();
  return new Response(null, { status: response.statusCode });
}

/** Runs the command with the credentials of the account. Only where it sends its requests matters. */
async function runCommand(args) {
  const command = spawn(process.execPath, ['node_modules/nexmo-auth/dist/cli/main.js', ...args], {
    env: {
      ...process.env,
      VONAGE_API_KEY: account.apiKey,
      VONAGE_API_SECRET: account.apiSecret,
      VONAGE_SIGNATURE_SECRET: 'signature secret',
    },
  });
  const [output] = await Promise.all([text(command.stdout), once(command, 'close')]);
  assert.notEqual(output, '');
}

async function main() {
  const proxied = [];
  const proxy = createServer((request, response) => {
    proxied.push(request.url);
    response.end();
  });
  proxy.on('connect', (request, socket) => {
    proxied.push(request.url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  proxy.listen(new URL(process.env.HTTP_PROXY).port, '127.0.0.1');
  await once(proxy, 'listening');
  const sandbox = await startSandbox({ ...account, oauth1 });
  const auth = new AuthInjector(new Credentials(account), { products: sandbox.products });
  const url = `${sandbox.url('sms')}json?from=Nexmo&to=447700900000&text=Hello`;

  const answers = [await (await createAuthFetch(auth)(url)).json()];
  for (const adapter of ['http', 'fetch']) {
    for (const maxRedirects of [0, 5]) {
      const client = axios.create({ adapter, maxRedirects });
      attachAuth(client, auth);
      answers.push((await client.get(url)).data);
    }
  }
  for (const { messages } of answers) assert.equal(messages[0].status, '0');
  for (const options of [{}, { axios: axios.create({ adapter: 'fetch' }) }]) {
    const flow = new OAuth1Flow(new Credentials({ oauth1 }), {
      ...options,
      endpoints: sandbox.oauth1,
    });
    await flow.requestToken('oob');
  }
  const byHttp = createAuthFetch(auth, { fetch: httpFetch });
  if (globalAgent.options.proxyEnv === undefined) assert.equal((await byHttp(url)).status, 200);
  else await assert.rejects(byHttp(url), { code: 'ERR_HOST_NOT_ALLOWED' });
  const { fetch: nodeFetch } = globalThis;
  globalThis.fetch = async (input, { headers }) => nodeFetch(input, { headers });
  const patched = createAuthFetch(auth)(url);
  if (globalAgent.options.proxyEnv === undefined) assert.equal((await patched).status, 200);
  else await assert.rejects(patched, { code: 'ERR_HOST_NOT_ALLOWED' });
  globalThis.fetch = nodeFetch;
  const ownAgent = new Agent();
  assert.equal((await byHttp(url, { agent: ownAgent })).status, 200);
  ownAgent.destroy();
  const receiver = createServer((_request, response) => response.end());
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const webhook = signWebhook({ secret: 'signature secret', apiKey: account.apiKey, body: {} });
  const to = `http://127.0.0.1:${receiver.address().port}/webhooks`;
  assert.equal((await sandbox.deliver(webhook, { to, attempts: 1 })).delivered, true);
  receiver.close();
  const origin = new URL(sandbox.url('sms')).origin;
  for (const args of [
    ['request', 'account', '--url', origin],
    ['doctor', '--online', '--url', origin],
    ['sandbox', 'send', 'inbound-sms', '--webhook', `${sandbox.url('sms')}json`],
  ]) {
    await runCommand(args);
  }
  assert.deepEqual(proxied, []);
  await sandbox.close();
  proxy.close();
  proxy.closeAllConnections();
}

void main();
