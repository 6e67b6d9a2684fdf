// Checks the built site in Chromium: its pages, links, search and use by keyboard. Reports every fault.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { launchChromium } from './chromium.mjs';
import { findUnreachable, searchByKeyboard } from './keyboard.mjs';
import { findLinkFaults } from './links.mjs';
import { checkPage, recordFaults } from './page.mjs';
import { checkPlayground } from './playground.mjs';
import { questions } from './questions.mjs';
import { checkSearch } from './search.mjs';
import { serve } from './server.mjs';

const folder = join(import.meta.dirname, '../dist');
const paths = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith('.html'));

/**
 * One page of each kind. The keyboard and the frame around the content are checked only on these, because the other
 * pages have the same.
 */
const kinds = [
  'index.html',
  'webhooks.html',
  'reference/api/nexmo-auth/classes/AuthInjector.html',
  'playground.html',
];

/**
 * Whether a page is one of many of the same template. Such pages are not checked in the dark theme, because other pages
 * have the same colors.
 */
const isOfTemplate = (path) => /^(reference.api|errors)./.test(path) && !kinds.includes(path);

let count = 0;
function report(name, faults) {
  for (const fault of faults) console.error(`${name}: ${fault}`);
  count += faults.length;
}

report('links', findLinkFaults(folder, paths));
const { url: base, close } = await serve(folder);
const browser = await launchChromium();

/** Runs a check in a new page. */
async function inNewPage(name, check) {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  try {
    report(name, (await check(page)) ?? []);
  } catch (error) {
    report(name, [error.message]);
  }
  await page.close();
}

/** Checks pages one after the other, until none is left. */
async function checkPages(remaining) {
  const page = await browser.newPage();
  const recorded = recordFaults(page, base);
  for (let path = remaining.pop(); path !== undefined; path = remaining.pop()) {
    const area = kinds.includes(path) ? 'html' : '.VPContent';
    const found = await checkPage(
      page,
      `${base}/${path}`,
      area,
      isOfTemplate(path) ? ['light'] : undefined,
    );
    report(`/${path}`, [...recorded.splice(0), ...found]);
  }
  await page.close();
}

const remaining = [...paths];
await Promise.all(Array.from({ length: 2 }, () => checkPages(remaining)));
for (const path of kinds) {
  await inNewPage(`/${path}`, (page) => findUnreachable(page, `${base}/${path}`));
}
await inNewPage('search', (page) => checkSearch(page, base, questions));
await inNewPage('search by keyboard', (page) => searchByKeyboard(page, base));
await inNewPage('playground', (page) => checkPlayground(page, base));

await browser.close();
close();
if (count > 0) process.exitCode = 1;
console.log(`${paths.length} pages checked, ${count} faults.`);
