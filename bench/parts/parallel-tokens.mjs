import { sign } from 'node:crypto';
import { SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { applicationId, keyObject, privateKey } from '../account.mjs';
import { claims, header } from '../claims.mjs';
import { runConcurrently } from '../concurrency.mjs';
import { runInterleaved } from '../interleave.mjs';
import { atLeast, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { perSecond } from '../units.mjs';

export const title = 'Signing tokens in parallel';
export const meaning =
  'How many tokens a server can sign in a second when it signs with all processors.';
export const note =
  '4,000 tokens, 64 in flight (640 with `--quick`). The floor is `crypto.sign` of the same bytes with a callback, 64 in flight. `fast-jwt`, `nexmo` and `@vonage/jwt` sign in the calling thread only.';

export async function run({ tokens, rounds }) {
  const series = await runInterleaved(contestants(), rounds, async (task) => {
    const start = performance.now();
    await runConcurrently(tokens, 64, task);
    return tokens / ((performance.now() - start) / 1000);
  });
  const { floor, ours, ...peers } = series;
  const line = { what: '`generateAsync`', unit: perSecond, measured: ours, floor, peers };
  const target = (limit, name, base) => atLeast(limit, ratio(ours, base), ` × ${name}`);
  return [
    row({ ...line, target: target(0.92, 'the floor', floor) }),
    row({ ...line, target: target(1.6, '`jsonwebtoken`', peers.jsonwebtoken) }),
    row({ ...line, target: target(1, '`jose`', peers.jose) }),
    ...Object.entries(peers).map(([what, measured]) =>
      row({ what, unit: perSecond, measured, floor }),
    ),
  ];
}

/** Functions by name, each of which makes a token and returns a promise of it. */
export function contestants() {
  const generator = new nexmoAuth.JwtGenerator(
    new nexmoAuth.Credentials({ applicationId, privateKey }),
  );
  const input = Buffer.from(generator.generate().split('.', 2).join('.'));
  return {
    floor: () => promiseOf((done) => sign('sha256', input, keyObject, done)),
    ours: () => generator.generateAsync(),
    jsonwebtoken: () =>
      promiseOf((done) => jsonwebtoken.sign(claims(), keyObject, { algorithm: 'RS256' }, done)),
    jose: () => new SignJWT(claims()).setProtectedHeader(header).sign(keyObject),
  };
}

function promiseOf(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value)));
  });
}
