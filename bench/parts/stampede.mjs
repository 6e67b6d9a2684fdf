import { promisify } from 'node:util';
import { sign } from 'node:crypto';
import { applicationId, keyObject } from '../account.mjs';
import { row } from '../row.mjs';
import { nexmoAuth } from '../subject.mjs';
import { count, number } from '../units.mjs';

export const title = 'Concurrent callers at an expired token';
export const meaning =
  'Whether many requests that find an expired token at the same time all sign a new one.';
export const note =
  '10,000 concurrent callers of `token()` after the previous token has expired: how often the signer is called. The floor is one signature.';

const callers = 10_000;
const signAsync = promisify(sign);

export async function run() {
  let now = Date.now();
  let signatures = 0;
  const signer = (input) => {
    signatures += 1;
    return signAsync('sha256', input, keyObject);
  };
  const { Credentials, JwtGenerator } = nexmoAuth;
  const jwt = new JwtGenerator(new Credentials({ applicationId }), { now: () => now, signer });
  const expired = await jwt.token();
  now += 3_600_000;
  signatures = 0;
  const tokens = new Set(await Promise.all(Array.from({ length: callers }, () => jwt.token())));
  if (tokens.size !== 1 || tokens.has(expired))
    throw new Error('The callers did not all get the same new token.');
  const target = { text: 'exactly 1', figure: number(signatures), isReached: signatures === 1 };
  return [row({ what: 'signatures', unit: count, measured: [signatures], floor: [1], target })];
}
