import { Auth } from '@vonage/auth';
import { do_not_optimize as keep } from 'mitata';
import { apiKey, apiSecret, signatureSecret } from '../account.mjs';
import { timeInTurns } from '../in-turns.mjs';
import { atMost, row } from '../row.mjs';
import { difference, ratio } from '../series.mjs';
import { schemes } from '../schemes.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'A whole request through the injector';
export const note =
  '`await auth.inject(request)`: product found by URL, host guarded, request copied, credential attached. The floor is the scheme alone.';

const { AuthInjector, Credentials } = nexmoAuth;
const credentials = new Credentials({ apiKey, apiSecret, signatureSecret });
const params = { from: 'Nexmo', to: '447700900000', text: 'Hello from Nexmo' };
const request = { method: 'GET', url: 'https://rest.nexmo.com/sms/json', params };
const context = { now: () => Math.floor(Date.now() / 1000), nonce: () => '', token: '' };

export async function run(effort) {
  const vonage = new Auth({ apiKey, apiSecret });
  const { line, peers } = await measured('query', effort, request, {
    '@vonage/auth': () => vonage.getQueryParams(params),
  });
  const toPeer = ratio(line.measured, peers['@vonage/auth']);
  return [
    row({ ...line, peers, target: beyond(line) }),
    row({ ...line, peers, target: atMost(1.5, toPeer, ' × `getQueryParams` of `@vonage/auth`') }),
    await ofScheme('basic', effort),
    await ofScheme('signature', effort),
    await ofNewUrls(effort),
  ];
}

async function ofScheme(scheme, effort) {
  const { line } = await measured(scheme, effort, request);
  return row({ ...line, target: beyond(line) });
}

/** Paths hold IDs, so many requests are to a URL that was not there before. */
async function ofNewUrls(effort) {
  const { line } = await measured('query', effort, undefined);
  return row({ ...line, what: '`query`, each time another URL', target: beyond(line) });
}

async function measured(scheme, effort, fixed, peers = {}) {
  const auth = new AuthInjector(credentials, { schemes: { sms: scheme } });
  const attach = schemes[scheme];
  const bare = { ...request, headers: {} };
  let turn = 0;
  const other = () => ({ ...request, url: `https://rest.nexmo.com/sms/json/${(turn += 1)}` });
  const { floor, ours, ...rest } = await timeInTurns(
    {
      floor: fixed
        ? () => keep(attach(bare, credentials, context))
        : () => keep(attach({ ...other(), headers: {} }, credentials, context)),
      ours: fixed ? () => auth.inject(fixed) : () => auth.inject(other()),
      ...peers,
    },
    effort,
  );
  return { line: { what: `\`${scheme}\``, unit: time, measured: ours, floor }, peers: rest };
}

function beyond({ measured, floor }) {
  return atMost(3, difference(measured, floor) / 1000, ' µs beyond the scheme');
}
