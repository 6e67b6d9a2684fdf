import { Auth } from '@vonage/auth';
import { applicationId, privateKey } from '../account.mjs';
import { timeInterleaved } from '../interleave.mjs';
import { atLeast, atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'A bearer header from a cached token';
export const meaning =
  'Why you need no cache of your own: a token that is still valid costs less than a microsecond.';
export const note =
  'The cost of the header for one request. The floor is an `async` function that returns a string.';

export async function run(effort) {
  const { Credentials, JwtGenerator } = nexmoAuth;
  const jwt = new JwtGenerator(new Credentials({ applicationId, privateKey }));
  const header = `Bearer ${await jwt.token()}`;
  const vonage = new Auth({ applicationId, privateKey });
  const { floor, ours, ...peers } = await timeInterleaved(
    {
      floor: async () => header,
      ours: async () => `Bearer ${await jwt.token()}`,
      '@vonage/auth': () => vonage.createBearerHeader(),
    },
    effort,
  );
  const line = {
    what: "`'Bearer ' + await jwt.token()`",
    unit: time,
    measured: ours,
    floor,
    peers,
  };
  const faster = ratio(peers['@vonage/auth'], ours);
  return [
    row({ ...line, target: atMost(6, ratio(ours, floor), ' × the floor') }),
    row({ ...line, target: atLeast(2000, faster, ' × as fast as `@vonage/auth`') }),
  ];
}
