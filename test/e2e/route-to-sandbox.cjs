// Preloaded into a program under test. Every https connection goes to the loopback port PLATFORM_PORT instead.
// The request itself is the same as for the real platform.
const https = require('node:https');
const net = require('node:net');

class LoopbackAgent extends https.Agent {
  createConnection() {
    return net.connect(Number(process.env.PLATFORM_PORT), '127.0.0.1');
  }
}
https.globalAgent = new LoopbackAgent();

const { fetch } = globalThis;
globalThis.fetch = (input, init = {}) => {
  const { protocol, host, pathname, search } = new URL(input);
  if (protocol === 'http:') return fetch(input, init);
  const headers = new Headers(init.headers);
  headers.set('x-platform-host', host);
  return fetch(`http://127.0.0.1:${process.env.PLATFORM_PORT}${pathname}${search}`, {
    ...init,
    headers,
  });
};
