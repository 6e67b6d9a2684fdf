import { sign } from 'node:crypto';
import { tokenGenerate } from '@vonage/jwt';
import { createSigner } from 'fast-jwt';
import { SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { do_not_optimize as keep } from 'mitata';
import Nexmo from 'nexmo';
import { applicationId, keyObject, privateKey } from '../account.mjs';
import { claims, header } from '../claims.mjs';
import { timeInterleaved } from '../interleave.mjs';
import { atLeast, atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'Signing a token';
export const meaning =
  'How long your process is busy for one token: signing with RSA is nearly all of it.';
export const note =
  'One RS256 token with a 2048-bit key, signed in the calling thread (by `jose` in the thread pool). The floor is `crypto.sign` of the same bytes with a parsed key.';

export async function run(effort) {
  const generator = new nexmoAuth.JwtGenerator(
    new nexmoAuth.Credentials({ applicationId, privateKey }),
  );
  const input = Buffer.from(generator.generate().split('.', 2).join('.'));
  const fast = createSigner({ key: privateKey, algorithm: 'RS256' });
  const bufferedKey = Buffer.from(privateKey);

  const { floor, ours, ...peers } = await timeInterleaved(
    {
      floor: () => keep(sign('sha256', input, keyObject)),
      ours: () => keep(generator.generate()),
      jsonwebtoken: () => keep(jsonwebtoken.sign(claims(), keyObject, { algorithm: 'RS256' })),
      'fast-jwt': () => keep(fast(claims())),
      jose: () => new SignJWT(claims()).setProtectedHeader(header).sign(keyObject),
      '@vonage/jwt': () => keep(tokenGenerate(applicationId, privateKey, {})),
      nexmo: () => keep(Nexmo.generateJwt(bufferedKey, claims())),
    },
    effort,
  );
  const line = { what: '`generate`', unit: time, measured: ours, floor, peers };
  const faster = ratio(peers['@vonage/jwt'], ours);
  return [
    row({ ...line, target: atMost(1.12, ratio(ours, floor), ' × the floor') }),
    row({ ...line, target: atLeast(3, faster, ' × as fast as `@vonage/jwt`') }),
    ...Object.entries(peers).map(([what, measured]) => row({ what, unit: time, measured, floor })),
  ];
}
