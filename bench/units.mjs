/** Three significant digits, and no fraction from 1,000 on. */
export function number(value) {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

const scaled = (steps) => (value) => {
  const [name, size] = steps.find(([, step]) => Math.abs(value) >= step) ?? steps.at(-1);
  return `${number(value / size)} ${name}`;
};

const smallest = (values) => Math.min(...values);
const largest = (values) => Math.max(...values);

/** Each unit formats a figure and picks the best of several. Times are in nanoseconds. */
export const time = {
  show: scaled([
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
    ['ns', 1],
  ]),
  best: smallest,
};
export const perSecond = { show: (value) => `${number(value)} /s`, best: largest };
export const bytes = {
  show: scaled([
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
    ['B', 1],
  ]),
  best: smallest,
};
export const count = { show: number, best: smallest };
