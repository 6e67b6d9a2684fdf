import { type Sandbox, startSandbox } from '../../../src/testing';
import { options, time } from '../client';
import { type Legs, createLegs } from './legs';

let clock = time;
let sandbox: Sandbox;
let legs: Legs;
beforeEach(async () => {
  clock = time;
  sandbox = await startSandbox({ ...options, now: () => clock * 1000 });
  legs = createLegs(sandbox, () => clock);
});
afterEach(() => sandbox.close());

const problem = (name: string) => ({ status: 401, fields: { oauth_problem: name } });

describe('the callback', () => {
  test('gets the token and the verifier as parameters', async () => {
    const token = await legs.requestToken();
    const answer = await legs.decide(token, 'approve');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('location')).toMatch(
      new RegExp(
        `^https://app\\.test/back\\?state=a%20b&oauth_token=${token.key}&oauth_verifier=[\\da-f]{32}#top$`,
      ),
    );
  });

  test('gets the problem as a parameter when the user declines', async () => {
    const token = await legs.requestToken('http://127.0.0.1:3000/back');
    const answer = await legs.decide(token, 'decline');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(
      `http://127.0.0.1:3000/back?oauth_problem=permission_denied&oauth_token=${token.key}`,
    );
  });

  test.each([
    'ftp://a.test/',
    'javascript:alert(1)',
    '/back',
    'app.test',
    'https:back',
    'https://',
    'OOB',
  ])('is refused when it is %s', async (to) => {
    const answer = await legs.requestFrom(sandbox.oauth1.requestTokenUrl, { oauth_callback: to });
    expect(answer).toMatchObject(problem('parameter_rejected'));
    expect(sandbox.requests.at(-1)?.refusal).toContain('oauth_callback is neither');
  });

  test('is replaced by a page with the verifier when it is oob', async () => {
    const token = await legs.requestToken('oob');
    const { html, confirmation } = await legs.openPage(token);
    expect(html).toContain('You will then be shown a code');
    const answer = await legs.submitForm(token, 'approve', confirmation);
    expect(answer.status).toBe(200);
    const shown = /<code id="verifier">([\da-f]{32})<\/code>/.exec(await answer.text())?.[1];
    expect((await legs.exchange(token, String(shown))).status).toBe(200);
    const declined = await legs.decide(await legs.requestToken('oob'), 'decline');
    expect(declined.status).toBe(200);
    expect(await declined.text()).toContain('Access declined');
  });
});

describe('the page at /oauth/authorize', () => {
  test('names the consumer and the callback, and cannot be cached or framed', async () => {
    const response = await fetch(legs.pageUrl(await legs.requestToken()));
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    });
    const html = await response.text();
    expect(html).toContain('<strong>dpf43f3p2l4k3l03</strong>');
    expect(html).toContain('https://app.test.');
    expect(html).toContain('<form method="post">');
    expect(html.match(/<button name="decision" value="\w+">/g)).toEqual([
      '<button name="decision" value="approve">',
      '<button name="decision" value="decline">',
    ]);
    expect(html).not.toMatch(/<script|<style| on\w+=/);
  });

  test('is the same at /authenticate', async () => {
    const token = await legs.requestToken();
    const url = legs.pageUrl(token).replace('/authorize', '/authenticate');
    expect(await (await fetch(url)).text()).toContain('dpf43f3p2l4k3l03');
  });

  test('escapes the key of the consumer', async () => {
    const consumer = { consumerKey: '<img src=x onerror="a(\'&\')">', consumerSecret: 'secret' };
    sandbox.change({ oauth1: consumer });
    const { fields } = await legs.requestFrom(
      sandbox.oauth1.requestTokenUrl,
      { oauth_callback: 'oob' },
      { consumer },
    );
    const token = { key: String(fields['oauth_token']), secret: '' };
    const escaped = '&lt;img src=x onerror=&quot;a(&#39;&amp;&#39;)&quot;&gt;';
    const { html, confirmation } = await legs.openPage(token);
    expect(html).toContain(escaped);
    expect(html).not.toContain('<img');
    const shown = await (await legs.submitForm(token, 'approve', confirmation)).text();
    expect(shown).toContain(escaped);
    expect(shown).not.toContain('<img');
  });

  test('is not shown for an unknown token, and the answer does not repeat the token', async () => {
    const answers = [
      await fetch(`${sandbox.oauth1.authorizeUrl}?oauth_token=%3Cimg%3E`),
      await fetch(sandbox.oauth1.authorizeUrl),
      await legs.submitForm({ key: 'unknown', secret: '' }, 'approve', 'undefined'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      const html = await answer.text();
      expect(html).toContain('Nothing to authorise');
      expect(html).not.toContain('<img');
    }
  });

  test.each(['approve', 'decline'])('is not shown again after %s', async (decision) => {
    const token = await legs.requestToken();
    await legs.decide(token, decision);
    expect((await fetch(legs.pageUrl(token))).status).toBe(400);
  });

  test('is not shown for an access token, nor for a temporary token that was exchanged', async () => {
    const token = await legs.requestToken();
    const { fields } = await legs.exchange(token, await legs.approve(token));
    expect((await fetch(legs.pageUrl(token))).status).toBe(400);
    const access = { key: String(fields['oauth_token']), secret: '' };
    expect((await fetch(legs.pageUrl(access))).status).toBe(400);
  });

  test('expires after ten minutes', async () => {
    const token = await legs.requestToken();
    clock += 599;
    const { confirmation } = await legs.openPage(token);
    clock += 1;
    expect((await fetch(legs.pageUrl(token))).status).toBe(400);
    expect((await legs.submitForm(token, 'approve', confirmation)).status).toBe(400);
  });

  test.each([
    ['with the confirmation of another form', 'approve', 'f'.repeat(32)],
    ['without the form', 'approve', 'undefined'],
    ['that is neither approve nor decline', 'constructor', ''],
    ['that is empty', '', ''],
  ])('refuses a decision %s', async (_name, decision, confirmation) => {
    const token = await legs.requestToken();
    if (confirmation !== 'undefined') await legs.openPage(token);
    const answer = await legs.submitForm(token, decision, confirmation);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('location')).toBeNull();
    expect((await fetch(legs.pageUrl(token))).status).toBe(200);
  });

  test('accepts one decision, from the form that was shown last', async () => {
    const token = await legs.requestToken();
    const first = await legs.openPage(token);
    const second = await legs.openPage(token);
    expect(second.confirmation).not.toBe(first.confirmation);
    expect((await legs.submitForm(token, 'approve', first.confirmation)).status).toBe(403);
    expect((await legs.submitForm(token, 'approve', second.confirmation)).status).toBe(302);
    expect((await legs.submitForm(token, 'approve', second.confirmation)).status).toBe(400);
  });
});
