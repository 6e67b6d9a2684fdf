/** Three digits that count, and none of them after a comma beyond a thousand. */
export function number(value) {
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

const scaled = (steps) => (value) => {
  const [name, size] = steps.find(([, step]) => Math.abs(value) >= step) ?? steps.at(-1);
  return `${number(value / size)} ${name}`;
};

const least = (values) => Math.min(...values);
const most = (values) => Math.max(...values);

/** How a figure is shown, and which of several is best. Times are in nanoseconds. */
export const time = {
  show: scaled([
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
    ['ns', 1],
  ]),
  best: least,
};
export const perSecond = { show: (value) => `${number(value)} /s`, best: most };
export const bytes = {
  show: scaled([
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
    ['B', 1],
  ]),
  best: least,
};
export const count = { show: number, best: least };
