// The main rows as a chart: the time of this package and of its best peer, as a multiple of the floor. The floor is the
// least that the work can cost.
import { number } from './units.mjs';

/** The rows in the chart, by part and subject. */
const shown = [
  ['new-token', '`generate`', 'Sign a token'],
  ['cached-token', "`'Bearer ' + await jwt.token()`", 'A header from a cached token'],
  ['schemes', '`basic`', 'A Basic header'],
  ['inject', '`query`', 'A request through the injector'],
  ['auth-fetch', '`basic`, 16 in flight', 'A request through fetch'],
  ['attach-auth', '`basic`, small answer, 16 in flight', 'A request through axios'],
  ['first-header', 'bearer header', 'The first header of a process'],
  ['webhooks', '`verify`', 'Verify a webhook'],
  ['express', 'no guard', 'A webhook in Express'],
  ['replay-redis', '`claim` and `confirm`', 'A replay guard in Redis'],
];

const [width, labels, barHeight, gap] = [760, 230, 14, 14];
const scale = (ratio) => Math.max(2, 85 * Math.log10(Math.max(1, ratio) * 1.05));

/** The chart as SVG, on a logarithmic scale. It follows the colour scheme of the page or the system. */
export function chart(parts) {
  let y = 34;
  const rows = shown.flatMap(([part, what, label]) => {
    const rowsOfPart = parts.find(({ name }) => name === part)?.rows ?? [];
    const row = rowsOfPart.find(
      (each) => each.what === what || each.what.startsWith(`${what}, adds`),
    );
    if (row?.bars === undefined) return [];
    const lines = row.bars.map(([name, ratio], index) => {
      const top = y + index * (barHeight + 3);
      const text = `${number(ratio)} × ${index === 0 ? '' : name}`;
      return [
        `<rect class="${index === 0 ? 'own' : 'peer'}" x="${labels}" y="${top}" width="${scale(ratio).toFixed(1)}" height="${barHeight}" rx="2"/>`,
        `<text class="figure" x="${(labels + scale(ratio) + 6).toFixed(1)}" y="${top + 11}">${text.trim()}</text>`,
      ].join('');
    });
    const heading = `<text x="${labels - 12}" y="${y + 11}" text-anchor="end">${label}</text>`;
    y += row.bars.length * (barHeight + 3) + gap;
    return [heading, ...lines];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" role="img" aria-labelledby="title">
<title id="title">Time of nexmo-auth and of its best peer, as a multiple of the least that the work can cost</title>
<style>
  svg { color-scheme: light dark; background: Canvas; }
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .figure { font-size: 12px; }
  .own { fill: #0a66c2; }
  .peer { fill: #a8b1bb; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .own { fill: #58a6ff; }
    .peer { fill: #6e7681; }
  }
</style>
<text x="${labels}" y="18" class="figure">times the floor, logarithmic: less is better (blue: nexmo-auth, grey: its best peer)</text>
${rows.join('\n')}
</svg>
`;
}
