import { createRequire } from 'node:module';
import { applicationId, privateKey } from '../account.mjs';
import { processes as ourPrograms } from '../cases.mjs';
import { runInterleaved } from '../interleave.mjs';
import { processTime } from '../processes.mjs';
import { atMost, row } from '../row.mjs';
import { median, ratio } from '../series.mjs';
import { root } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'The first header of a new process';
export const meaning = 'What a serverless function pays when it starts cold.';
export const note =
  'A process that makes one `Authorization: Bearer` header, or one request with key and secret, and ends. The floor of the header is `node:crypto`, which parses the key and signs the same bytes; the floor of the request is `require` alone. "adds" is the time beyond `node -e 0`.';

const { resolve } = createRequire(import.meta.url);
const load = (path) => `require(${JSON.stringify(path)})`;
const account = JSON.stringify({ applicationId, privateKey });
const key = JSON.stringify(privateKey);
const claims = `{ application_id: ${JSON.stringify(applicationId)}, jti: crypto.randomUUID(), iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 900 }`;

const programs = {
  nothing: '0',
  floor: `const { createPrivateKey, sign } = require('node:crypto');
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const input = encode({ alg: 'RS256', typ: 'JWT' }) + '.' + encode(${claims});
    'Bearer ' + input + '.' + sign('sha256', Buffer.from(input), createPrivateKey(${key})).toString('base64url')`,
  ours: ourPrograms['first bearer header'](root),
  jsonwebtoken: `'Bearer ' + ${load(resolve('jsonwebtoken'))}.sign(${claims}, ${key}, { algorithm: 'RS256' })`,
  jose: `const { SignJWT, importPKCS8 } = ${load(resolve('jose'))};
    importPKCS8(${key}, 'RS256').then((parsed) => new SignJWT(${claims}).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(parsed))`,
  '@vonage/auth': `const { Auth } = ${load(resolve('@vonage/auth'))};
    new Auth(${account}).createBearerHeader()`,
  require: ourPrograms['load the package'](root),
  request: ourPrograms['first request with key and secret'](root),
};

export async function run({ processes }) {
  const contestants = Object.entries(programs).map(([name, code]) => [name, ['-e', code]]);
  const series = await runInterleaved(Object.fromEntries(contestants), processes, processTime);
  const { nothing, floor, ours, require: loading, request, ...peers } = series;
  const added = (measured) => median(measured) - median(nothing);
  const fastestPeer = Math.min(...Object.values(peers).map(added));
  const header = {
    what: `bearer header, adds ${time.show(added(ours))}`,
    unit: time,
    measured: ours,
    floor,
    peers,
  };
  return [
    row({ ...header, target: atMost(1.2, ratio(ours, floor), ' × the floor') }),
    row({
      ...header,
      target: atMost(0.7, added(ours) / fastestPeer, ' of what the best peer adds'),
    }),
    ...Object.entries(peers).map(([name, measured]) =>
      row({ what: `\`${name}\`, adds ${time.show(added(measured))}`, unit: time, measured, floor }),
    ),
    row({
      what: `request with key and secret, adds ${time.show(added(request))}`,
      unit: time,
      measured: request,
      floor: loading,
      target: atMost(1.2, ratio(request, loading), ' × `require` alone'),
    }),
  ];
}
