// A series has the figure of one contestant for each round, in order.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

/** The median of the ratios of all rounds. A slow round affects all contestants alike, and so hardly its ratio. */
export function ratio(series, base) {
  return median(series.map((value, round) => value / base[round]));
}

export function difference(series, base) {
  return median(series.map((value, round) => value - base[round]));
}

export function percentile(values, fraction) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))];
}

/** The series of one figure by contestant, from runs that measure several figures. */
export function seriesOf(measured, figure) {
  const entries = Object.entries(measured);
  return Object.fromEntries(entries.map(([name, runs]) => [name, runs.map((run) => run[figure])]));
}
