const open = async (page) => {
  await page.keyboard.press('Control+K');
  await page.locator('.VPLocalSearchBox input').waitFor();
};

/** Types each question into the search. The expected page must be among the first three results. */
export async function checkSearch(page, base, questions) {
  await page.goto(`${base}/index.html`, { waitUntil: 'networkidle' });
  await open(page);
  const faults = [];
  for (const [question, expected] of questions) {
    await page.locator('.VPLocalSearchBox input').fill('');
    await page.locator('#localsearch-list a').first().waitFor({ state: 'detached' });
    await page.locator('.VPLocalSearchBox input').fill(question);
    await page.locator('#localsearch-list a').first().waitFor();
    const links = await page
      .locator('#localsearch-list a')
      .evaluateAll((elements) => elements.map(({ pathname }) => pathname));
    const found = links.slice(0, 3).map((path) => path.slice(1).replace('.html', ''));
    if (!found.includes(expected)) {
      faults.push(`search: "${question}" finds ${found.join(', ')}, not ${expected}`);
    }
  }
  return faults;
}
