import { median, ratio } from './series.mjs';
import { number, perSecond } from './units.mjs';

/**
 * A row of a table. `measured` is a series. It is compared with `floor`, the series of the least that the work can
 * cost, and with the best of `peers`, an object of series by name. Floor, peers and target are optional.
 */
export function row({ what, unit, measured, floor, peers = {}, target }) {
  const best = bestOf(peers, unit);
  const slower = (series) => (unit === perSecond ? ratio(floor, series) : ratio(series, floor));
  return {
    what,
    /** For the chart: the time of each contestant as a multiple of the floor. */
    ...(floor && {
      bars: [['nexmo-auth', slower(measured)], ...(best ? [[best, slower(peers[best])]] : [])],
    }),
    measured: unit.show(median(measured)),
    floor: floor ? unit.show(median(floor)) : '',
    toFloor: floor ? number(ratio(measured, floor)) : '',
    peer: best ? `${best}: ${unit.show(median(peers[best]))}` : '',
    toPeer: best ? number(ratio(measured, peers[best])) : '',
    target,
  };
}

export function atMost(limit, figure, unit = '') {
  return { text: `at most ${limit}${unit}`, figure: number(figure), isReached: figure <= limit };
}

export function atLeast(limit, figure, unit = '') {
  const shown = limit.toLocaleString('en');
  return { text: `at least ${shown}${unit}`, figure: number(figure), isReached: figure >= limit };
}

function bestOf(peers, unit) {
  const names = Object.keys(peers);
  const best = unit.best(names.map((name) => median(peers[name])));
  return names.find((name) => median(peers[name]) === best);
}
