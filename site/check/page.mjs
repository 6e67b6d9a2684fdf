import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const height = 900;
const themes = ['light', 'dark'];
const phone = 390;
const desktop = 1440;

/**
 * The views of a page. The dark theme differs only in its colors, so it has one view. Each view differs from the one
 * before in one respect only, because that takes the least time.
 */
const views = [
  { colorScheme: 'light', width: phone },
  { colorScheme: 'light', width: desktop },
  { colorScheme: 'dark', width: desktop },
];

/** Records the console errors, failed requests and requests to other hosts of a page of Playwright. */
export function recordFaults(page, base) {
  const faults = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(base) && !/^(data|blob):/.test(url)) faults.push(`requests ${url}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`HTTP ${response.status()}: ${response.url()}`);
  });
  return faults;
}

/**
 * Opens a page of the site and returns its faults.
 *
 * @param {string} area the part of the page that axe-core examines, as a selector
 * @param {string[]} shown the themes in which the page is checked
 */
export async function checkPage(page, url, area, shown = themes) {
  const [first] = views;
  await page.emulateMedia({ colorScheme: first.colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize({ width: first.width, height });
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForFunction(() => document.querySelector('#app')?.__vue_app__ !== undefined);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const faults = [];
  for (const { colorScheme, width } of views.filter((view) => shown.includes(view.colorScheme))) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    const wide = await page.evaluate(findOverflow);
    if (wide !== '') faults.push(`${width} px, ${colorScheme}: scrolls horizontally: ${wide}`);
    if (width !== desktop) continue;
    const rules = colorScheme === 'light' ? undefined : ['color-contrast'];
    for (const violation of await page.evaluate(runAxe, { area, rules })) {
      faults.push(`${colorScheme}: ${violation}`);
    }
  }
  return faults;
}

/** The element that reaches farthest to the right, if the page is wider than the window. Runs in the browser. */
function findOverflow() {
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return '';
  const [widest] = [...document.querySelectorAll('body *')].sort(
    (a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right,
  );
  return `${scrollWidth} px: ${widest.outerHTML.slice(0, 100)}`;
}

/** The serious and critical violations. Runs in the browser. */
async function runAxe({ area, rules }) {
  const { violations } = await window.axe.run(area, {
    performanceTimer: false,
    // None of the enabled rules reads style sheets.
    preload: false,
    resultTypes: ['violations'],
    ...(rules && { runOnly: { type: 'rule', values: rules } }),
  });
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map(
          ({ html, failureSummary }) =>
            `${id}: ${html.slice(0, 150)}: ${failureSummary.replace(/\s+/g, ' ').slice(0, 250)}`,
        ),
    );
}
