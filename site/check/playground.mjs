// Checks the playground in a browser: what it shows for tokens and parameters, and that it sends and stores nothing.
import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
import { Credentials, decodeJwt, JwtGenerator, signParams } from '../../dist/index.mjs';

/**
 * @param page a page of Playwright
 * @param {string} base the URL of the site, without a slash at its end
 */
export async function checkPlayground(page, base) {
  await page.clock.setFixedTime(now);
  await page.goto(`${base}/playground.html`);
  await refusesConnections(page);

  await page.reload({ waitUntil: 'networkidle' });
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  await decodesTokens(page);
  await checksSignatures(page);
  await worksByKeyboard(page);
  await storesNothing(page);
  // Once a link to a page is in view, the site loads that page before a reader opens it.
  const others = requests.filter((url) => !url.startsWith(`${base}/assets/`));
  assert.deepEqual(others, [], 'the playground sends nothing');

  // The policy must also apply if a reader comes from another page of the site, although the browser then loads no new
  // document.
  await page.goto(`${base}/errors.html`);
  await page.locator('a[href*="playground"]').first().click();
  await page.locator('#token').waitFor();
  await refusesConnections(page);
  await leavesBySearch(page);
}

const signatureSecret = 'SignatureSecret1';

/** The time in the browser, in milliseconds. */
const now = Date.parse('2026-11-26T12:00:00Z');

/** What the decoder or the checker shows, in one line. */
const shown = async (page, section) =>
  (await section(page).locator('.result').innerText()).replace(/\s+/g, ' ').trim();

const decoder = (page) => page.locator('.playground').filter({ has: page.locator('#token') });
const checker = (page) => page.locator('.playground').filter({ has: page.locator('#parameters') });

/** Checks that each way in which a page can connect is refused by the policy, not by the network. */
async function refusesConnections(page) {
  const violations = await page.evaluate(async () => {
    const url = `${location.origin}/index.html`;
    const directives = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      directives.push(effectiveDirective),
    );
    const attempts = [
      () => fetch(url),
      () => fetch('https://example.com/'),
      () =>
        new Promise((resolve, reject) => {
          const request = Object.assign(new XMLHttpRequest(), { onload: resolve, onerror: reject });
          request.open('GET', url);
          request.send();
        }),
      () =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(url.replace('http', 'ws'));
          Object.assign(socket, { onopen: resolve, onerror: reject });
        }),
      () =>
        new Promise((resolve, reject) => {
          Object.assign(new EventSource(url), { onopen: resolve, onerror: reject });
        }),
      () =>
        new Promise((resolve, reject) => {
          const image = Object.assign(new Image(), { onload: resolve, onerror: reject });
          image.src = 'https://example.com/image.png';
        }),
    ];
    for (const attempt of attempts) {
      const isRefused = await attempt().then(
        () => false,
        () => true,
      );
      if (!isRefused) directives.push(`connected: ${attempt}`);
    }
    navigator.sendBeacon(url, 'text');
    await new Promise((resolve) => setTimeout(resolve, 100));
    return directives;
  });
  const expected = [...Array(5).fill('connect-src'), 'img-src', 'connect-src'];
  assert.deepEqual(violations, expected);
}

function errorOf(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('There is no error.');
}

async function decodesTokens(page) {
  const decode = async (token) => {
    await page.locator('#token').fill(token);
    return shown(page, decoder);
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
  const credentials = new Credentials({ applicationId, privateKey });
  const hoursAgo = (hours) => ({ now: () => now - hours * 3_600_000 });
  const token = new JwtGenerator(credentials, hoursAgo(0)).generate({ sub: 'alice' });
  const old = new JwtGenerator(credentials, hoursAgo(3)).generate({ ttl: 3600 });

  const good = await decode(token);
  assert.match(good, /The token has nothing that the platform would refuse\./);
  assert.match(good, /alg RS256 typ JWT/);
  assert.match(good, new RegExp(`application_id ${applicationId}`));
  assert.match(good, /exp \d+ \(2026-11-26T12:15:00Z, expires in 15 minutes\)/);
  assert.match(good, /sub alice/);
  assert.equal(await decode(`Authorization: Bearer ${token}`), good);
  assert.match(await decode(old), /would refuse the token: exp expired 2 hours ago\./);

  // RFC 7519, section 3.1: signed with HS256
  const joe =
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
  const shownJoe = await decode(joe);
  assert.match(shownJoe, /alg must be RS256\. application_id is missing\. jti is missing/);
  assert.match(shownJoe, /iss joe exp 1300819380 \(2011-03-22T18:43:00Z, expired 5727 days ago\)/);
  assert.match(shownJoe, /http:\/\/example\.com\/is_root true/);
  // RFC 7519, section 6.1: not signed
  const unsecured = `eyJhbGciOiJub25lIn0.${joe.split('.')[1]}.`;
  assert.match(await decode(unsecured), /alg must be RS256\..*alg none/);
  // RFC 7515, appendix A.2: signed with RS256
  const rs256 = `eyJhbGciOiJSUzI1NiJ9.${joe.split('.')[1]}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`;
  assert.doesNotMatch(await decode(rs256), /alg must be/);

  const encode = (text) => Buffer.from(text).toString('base64url');
  const markup = encode(JSON.stringify({ '<b>': '<img src=x onerror=alert(1)>\u202E' }));
  assert.match(await decode(`${encode('{}')}.${markup}.`), /<b> "<img src=x onerror=alert\(1\)>/);
  assert.equal(await decoder(page).locator('dd img').count(), 0);
  assert.match(await decode(`${encode('{}')}.${encode('{"sub":"Zoë 🎈"}')}.`), /sub Zoë 🎈/);

  const [header, claims] = token.split('.');
  const garbage = [
    'hello',
    'a.b',
    'a.b.c',
    `${header}.${claims}`,
    `${header}.${claims}.=`,
    '🎈.🎈.🎈',
  ];
  const malformed = [`${header}=.${claims}.`, `${encode('[]')}.${claims}.`, `${token}.x`];
  const twice = [`${header}.${encode('{"exp":1,"exp":2}')}.`, `${encode('\xff')}!.${claims}.`];
  for (const text of [...garbage, ...malformed, ...twice, '.'.repeat(100_000)]) {
    const { code, message } = errorOf(() => decodeJwt(text));
    assert.equal(code, 'ERR_JWT_MALFORMED');
    assert.equal(await decode(text), `${message} ${code}`);
  }
  assert.equal(await decode('  '), '');
}

async function checksSignatures(page) {
  const check = async (text, secret, method = 'md5hash') => {
    await page.locator('#parameters').fill(text);
    await page.locator('#secret').fill(secret);
    await page.locator('#method').selectOption(method);
    return shown(page, checker);
  };

  // A known answer of nexmo-node 2.x
  const unsigned = await check('from=NEXMO', 'secret');
  assert.match(unsigned, /no parameter sig .* &from=NEXMO .* 2cdd20a2a0f7270545a98b3ccb87ba51$/);
  const sig = '2CDD20A2A0F7270545A98B3CCB87BA51';
  const untimed = await check(`sig=${sig}&from=NEXMO`, 'secret');
  assert.match(untimed, /signature matches, but .* lack sig or timestamp.* ERR_SIGNATURE_MISSING/);
  assert.match(await check(`from=Nexmo&sig=${sig}`, 'secret'), /^The signature does not match\./);

  // The guide "Signing messages", with hashes of Node
  const timestamp = now / 1000;
  const fields = { text: 'a=b & c', msisdn: '447700900001', 'api-key': 'abcd1234', timestamp };
  const baseString = `&api-key=abcd1234&msisdn=447700900001&text=a_b _ c&timestamp=${timestamp}`;
  for (const method of ['md5hash', 'md5', 'sha1', 'sha256', 'sha512']) {
    const hash =
      method === 'md5hash'
        ? createHash('md5').update(baseString + signatureSecret)
        : createHmac(method, signatureSecret).update(baseString);
    const signed = { ...fields, sig: hash.digest('hex') };
    const query = new URLSearchParams(signed).toString();
    for (const text of [query, `https://acme.test/sms?${query}`, JSON.stringify(signed)]) {
      const accepted = await check(text, signatureSecret, method);
      assert.match(accepted, /^The signature matches, and the timestamp is recent\./);
      assert.ok(accepted.includes(baseString), accepted);
      assert.ok(accepted.endsWith(signed.sig), accepted);
      assert.ok(!accepted.includes(signatureSecret), 'the secret is not shown');
    }
    const other = method === 'sha256' ? 'sha512' : 'sha256';
    const hinted = await check(query, signatureSecret, other);
    assert.match(hinted, new RegExp(`does not match.* Set method to '${method}'`));
  }

  // Sorted by the bytes of UTF-8, an emoji comes after U+FF61. By UTF-16, it would come before.
  const emoji = signParams({ '🎈': 'x', '\uFF61': 'y', timestamp }, { secret: signatureSecret });
  const { sig: emojiSig } = emoji;
  const sorted = await check(JSON.stringify(emoji), signatureSecret);
  assert.match(sorted, /^The signature matches, and .*&\uFF61=y&🎈=x/);
  assert.ok(sorted.endsWith(emojiSig));

  const early = { ...fields, timestamp: timestamp - 3600 };
  const late = new URLSearchParams(signParams(early, { secret: signatureSecret })).toString();
  assert.match(
    await check(late, signatureSecret),
    /matches, but .* ERR_TIMESTAMP_OUT_OF_TOLERANCE/,
  );
  assert.match(await check('a=1&a=2', signatureSecret), /has a parameter twice.* ERR_USAGE$/);
  assert.match(await check('a=%ff', signatureSecret), /percent-encoded UTF-8.* ERR_USAGE$/);
  assert.match(await check('{"a":', signatureSecret), /must be a JSON object.* ERR_FILE_INVALID$/);
  assert.match(
    await check('{"a":[1]}', signatureSecret),
    /must be a string.* ERR_INVALID_PARAMETER$/,
  );
  assert.match(await check('b=1&a=2', ''), /^Enter the signature secret .* &a=2&b=1$/);
  assert.equal(await check(' ', signatureSecret), '');
}

/** Checks that Tab reaches the fields in their order, and that Enter presses the buttons. */
async function worksByKeyboard(page) {
  await page.locator('#token').focus();
  const reached = [];
  while (!reached.includes('method') && reached.length < 30) {
    reached.push(await page.evaluate(() => document.activeElement?.id));
    await page.keyboard.press('Tab');
  }
  const fields = reached.filter((id) => ['token', 'parameters', 'secret', 'method'].includes(id));
  assert.deepEqual(fields, ['token', 'parameters', 'secret', 'method']);

  for (const section of [decoder(page), checker(page)]) {
    await section.getByRole('button', { name: 'Fill in an example' }).focus();
    await page.keyboard.press('Enter');
  }
  assert.match(await shown(page, decoder), /exp expired 45 minutes ago\./);
  assert.match(await shown(page, checker), /^The signature matches, and the timestamp is recent\./);
}

async function storesNothing(page) {
  const stored = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
  );
  assert.doesNotMatch(stored, /eyJ|SignatureSecret|447700900001/);
}

/** The policy hinders neither search nor navigation. */
async function leavesBySearch(page) {
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.getByRole('searchbox').fill('ERR_JWT_EXPIRED');
  await page.locator('#localsearch-list').getByRole('option').first().click();
  await page.getByRole('heading', { name: 'ERR_JWT_EXPIRED' }).waitFor();
}
