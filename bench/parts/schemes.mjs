import { createHash, createHmac } from 'node:crypto';
import { AlgorithmTypes, Auth } from '@vonage/auth';
import { do_not_optimize as keep } from 'mitata';
import { apiKey, apiSecret, signatureSecret } from '../account.mjs';
import { timeInterleaved } from '../interleave.mjs';
import { atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { schemes } from '../schemes.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'Schemes without the injector';
export const meaning = 'What a credential costs without anything around it.';
export const note =
  'Attaching a credential to a request with three parameters. The floors are one `Object.assign`, one base64 encoding, and one hash of the text to sign.';

const params = { from: 'Nexmo', to: '447700900000', text: 'Hello from Nexmo' };
const request = { method: 'GET', url: 'https://rest.nexmo.com/sms/json', headers: {}, params };
const context = { now: () => Math.floor(Date.now() / 1000), nonce: () => '', token: '' };

export async function run(effort) {
  return [
    await query(effort),
    await basic(effort),
    await signature(effort, 'md5hash', 'md5hash', () => createHash('md5'), signatureSecret),
    await signature(effort, 'sha256', 'sha256hmac', () => createHmac('sha256', signatureSecret)),
  ];
}

function query(effort) {
  const vonage = new Auth({ apiKey, apiSecret });
  const credentials = new nexmoAuth.Credentials({ apiKey, apiSecret });
  const added = { api_key: apiKey, api_secret: apiSecret };
  return compare('`query`', effort, {
    floor: () => keep(Object.assign({}, params, added)),
    ours: () => keep(schemes.query(request, credentials)),
    '@vonage/auth': () => vonage.getQueryParams(params),
  });
}

function basic(effort) {
  const vonage = new Auth({ apiKey, apiSecret });
  const credentials = new nexmoAuth.Credentials({ apiKey, apiSecret });
  const pair = `${apiKey}:${apiSecret}`;
  return compare('`basic`', effort, {
    floor: () => keep(Buffer.from(pair).toString('base64')),
    ours: () => keep(schemes.basic(request, credentials)),
    '@vonage/auth': () => vonage.createBasicHeader(),
  });
}

function signature(effort, method, theirs, hash, appended = '') {
  const algorithm = AlgorithmTypes[theirs];
  const vonage = new Auth({ apiKey, signature: { secret: signatureSecret, algorithm } });
  const credentials = new nexmoAuth.Credentials({
    apiKey,
    signatureSecret,
    signatureMethod: method,
  });
  const named = { api_key: apiKey, ...params, timestamp: String(context.now()) };
  const pairs = Object.entries(named).map(([name, value]) => `&${name}=${value}`);
  const text = pairs.join('') + appended;
  return compare(`\`signature\` (${method})`, effort, {
    floor: () => keep(hash().update(text).digest('hex')),
    ours: () => keep(schemes.signature(request, credentials, context)),
    '@vonage/auth': () => vonage.createSignatureHash(params),
  });
}

async function compare(what, effort, contestants) {
  const { floor, ours, ...peers } = await timeInterleaved(contestants, effort);
  const toPeer = ratio(ours, peers['@vonage/auth']);
  const target = atMost(1, toPeer, ' × the time of `@vonage/auth`');
  return row({ what, unit: time, measured: ours, floor, peers, target });
}
