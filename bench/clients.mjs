import { everything } from './account.mjs';
import { localInjector } from './cases.mjs';
import { runConcurrently } from './concurrency.mjs';
import { atLeast, row } from './row.mjs';
import { ratio } from './series.mjs';
import { nexmoAuth } from './subject.mjs';
import { measureTurns } from './turns.mjs';
import { perSecond, time } from './units.mjs';

export const credentials = new nexmoAuth.Credentials(everything);

/** An injector for which all URLs of the origin belong to one product. */
export function injectorFor(origin, scheme, product) {
  return localInjector({ nexmoAuth, origin }, scheme, product);
}

const batch = 32;

/**
 * Measures with one request at a time and with 16 in flight, each by processor time and by requests per second. So it
 * returns four rows for each target. `contestants` are `ours`, `floor` (the same request without this package, the least
 * that the work can cost) and peers. The keys of `targets` are `floor` or names of peers. Each value is the share of that
 * contestant's speed that `ours` must reach.
 */
export async function rowsForRequests(what, contestants, effort, targets) {
  const rows = [];
  for (const [inFlight, label] of [
    [1, 'one at a time'],
    [16, '16 in flight'],
  ]) {
    const runs = Object.fromEntries(
      Object.entries(contestants).map(([name, send]) => [
        name,
        () => runConcurrently(batch, inFlight, send),
      ]),
    );
    const { ours, floor, ...peers } = await measureTurns(runs, effort, batch);
    const seriesOf = (kind) =>
      Object.fromEntries(Object.entries(peers).map(([name, series]) => [name, series[kind]]));
    const base = { floor, ...peers };
    for (const [kind, unit, share] of [
      ['effort', time, (name) => ratio(base[name].effort, ours.effort)],
      ['rate', perSecond, (name) => ratio(ours.rate, base[name].rate)],
    ]) {
      const line = {
        what: `${what}, ${label}${kind === 'effort' ? ', CPU' : ''}`,
        unit,
        measured: ours[kind],
        floor: floor[kind],
        peers: seriesOf(kind),
      };
      for (const [name, limit] of Object.entries(targets)) {
        const compared = name === 'floor' ? 'the floor' : name;
        const target = atLeast(limit, share(name), ` × the speed of ${compared}`);
        rows.push(row({ ...line, target }));
      }
    }
  }
  return rows;
}
