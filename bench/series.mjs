// A series is what one contestant took in each round, in the order of the rounds.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

/** Round by round, because what slows one round down slows all who run in it. */
export function ratio(series, base) {
  return median(series.map((value, round) => value / base[round]));
}

export function difference(series, base) {
  return median(series.map((value, round) => value - base[round]));
}

export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
}
