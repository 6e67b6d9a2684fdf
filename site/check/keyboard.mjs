/** The visible links and buttons of a page that Tab does not reach. */
export async function findUnreachable(page, url) {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(url, { waitUntil: 'networkidle' });
  const count = await page.evaluate(() => {
    const visible = [...document.querySelectorAll('a[href], button')].filter((element) =>
      element.checkVisibility({ visibilityProperty: true }),
    );
    visible.forEach((element, index) => (element.dataset.index = index));
    return visible.length;
  });
  const reached = new Set();
  // Fields, tables and code blocks are also stops of Tab.
  for (let presses = 0; presses < 2 * count + 50; presses++) {
    await page.keyboard.press('Tab');
    const index = await page.evaluate(() => document.activeElement?.dataset.index);
    if (index !== undefined) reached.add(index);
    if (reached.size === count) return [];
  }
  const missed = await page.evaluate(
    (indices) =>
      [...document.querySelectorAll('[data-index]')]
        .filter(({ dataset }) => !indices.includes(dataset.index))
        .map(({ outerHTML }) => outerHTML.slice(0, 120)),
    [...reached],
  );
  return missed.map((element) => `Tab does not reach ${element}`);
}

/** Opens the search, chooses a result and closes the search, all by keyboard. */
export async function searchByKeyboard(page, base) {
  await page.goto(`${base}/index.html`, { waitUntil: 'networkidle' });
  const search = page.locator('.VPLocalSearchBox');
  await page.keyboard.press('/');
  await search.locator('input').waitFor();
  await page.keyboard.press('Escape');
  await search.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Search' }).first().focus();
  await page.keyboard.press('Enter');
  await search.locator('input').waitFor();
  await page.keyboard.type('ERR_JWT_EXPIRED');
  await search.locator('a').first().waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/errors/);
  await page.getByRole('heading', { level: 1, name: /^(Errors|ERR_JWT_EXPIRED)/ }).waitFor();
}
