import { median, ratio } from './series.mjs';
import { number } from './units.mjs';

/**
 * A line of a table, from series: what was measured, against the physical floor, and against the
 * best of the peers (by name). Peers and target may be left out.
 */
export function row({ what, unit, measured, floor, peers = {}, target }) {
  const best = bestOf(peers, unit);
  return {
    what,
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
