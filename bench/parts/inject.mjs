import { Auth } from '@vonage/auth';
import { do_not_optimize as keep } from 'mitata';
import { apiKey, apiSecret, signatureSecret } from '../account.mjs';
import { timeInterleaved } from '../interleave.mjs';
import { atMost, row } from '../row.mjs';
import { difference, ratio } from '../series.mjs';
import { schemes } from '../schemes.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'A request through the injector';
export const meaning =
  'What the injector adds to the cost of a scheme: it finds the product, checks the host and copies the request.';
export const note =
  '`await auth.inject(request)`: finds the product by URL, checks the host, copies the request and attaches the credential. The floor is the scheme alone.';

const { AuthInjector, Credentials } = nexmoAuth;
const credentials = new Credentials({ apiKey, apiSecret, signatureSecret });
const params = { from: 'Nexmo', to: '447700900000', text: 'Hello from Nexmo' };
const request = { method: 'GET', url: 'https://rest.nexmo.com/sms/json', params };
const context = { now: () => Math.floor(Date.now() / 1000), nonce: () => '', token: '' };

export async function run(effort) {
  const vonage = new Auth({ apiKey, apiSecret });
  const { line, peers } = await measure('query', effort, request, {
    '@vonage/auth': () => vonage.getQueryParams(params),
  });
  const toPeer = ratio(line.measured, peers['@vonage/auth']);
  return [
    row({ ...line, peers, target: beyond(line) }),
    row({ ...line, peers, target: atMost(1.5, toPeer, ' × `getQueryParams` of `@vonage/auth`') }),
    await measureScheme('basic', effort),
    await measureScheme('signature', effort),
    await measureNewUrls(effort),
  ];
}

async function measureScheme(scheme, effort) {
  const { line } = await measure(scheme, effort, request);
  return row({ ...line, target: beyond(line) });
}

/** Paths contain IDs, so many requests have a new URL. */
async function measureNewUrls(effort) {
  const { line } = await measure('query', effort, undefined);
  return row({ ...line, what: '`query`, a new URL each time', target: beyond(line) });
}

async function measure(scheme, effort, fixed, peers = {}) {
  const auth = new AuthInjector(credentials, { schemes: { sms: scheme } });
  const attach = schemes[scheme];
  const unauthenticated = { ...request, headers: {} };
  let count = 0;
  const withNewUrl = () => ({ ...request, url: `https://rest.nexmo.com/sms/json/${(count += 1)}` });
  const { floor, ours, ...rest } = await timeInterleaved(
    {
      floor: fixed
        ? () => keep(attach(unauthenticated, credentials, context))
        : () => keep(attach({ ...withNewUrl(), headers: {} }, credentials, context)),
      ours: fixed ? () => auth.inject(fixed) : () => auth.inject(withNewUrl()),
      ...peers,
    },
    effort,
  );
  return { line: { what: `\`${scheme}\``, unit: time, measured: ours, floor }, peers: rest };
}

function beyond({ measured, floor }) {
  return atMost(3, difference(measured, floor) / 1000, ' µs beyond the scheme');
}
