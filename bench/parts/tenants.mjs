import { measureInChild } from '../child.mjs';
import { atMost, row } from '../row.mjs';
import { bytes } from '../units.mjs';

export const title = 'Memory for each tenant';
export const meaning =
  'How much memory a platform needs for each of its customers that has a key, and whether it grows.';
export const note =
  '10,000 tenants (2,000 with `--quick`), each with a key, a generator and a cached token: JavaScript heap per tenant, after garbage collection. The floor is the parsed key alone. In each of 10 rounds all tokens expire and are renewed, and one tenant in ten is replaced. A few per cent of growth are noise; a leak of 16 bytes per renewal would be ten per cent.';

export async function run({ tenants }) {
  const keys = await measureInChild('tenants', ['keys', tenants], ['--expose-gc']);
  const { used, rounds } = await measureInChild('tenants', ['tenants', tenants], ['--expose-gc']);
  const each = used / tenants;
  const floor = keys.used / tenants;
  const [first, last] = [rounds.at(0) / tenants, rounds.at(-1) / tenants];
  const line = { unit: bytes, floor: [floor] };
  return [
    row({
      ...line,
      what: 'a tenant',
      measured: [each],
      target: atMost(12, (each - floor) / 1024, ' KiB beyond the key'),
    }),
    row({
      ...line,
      what: `a tenant, after 10 rounds (after the first: ${bytes.show(first)})`,
      measured: [last],
      target: atMost(5, (last / first - 1) * 100, ' % of growth from round 1 to 10'),
    }),
  ];
}
