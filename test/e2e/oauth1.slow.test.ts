import type { RequestListener } from 'node:http';
import axios from 'axios';
import { type Browser, chromium } from 'playwright-core';
import { attachAuth, AuthInjector, Credentials, OAuth1Flow, type NexmoAuthError } from '../../src';
import { type Sandbox, startSandbox } from '../../src/testing';
import { oauth1 } from '../support/account';
import { advice, findChromium } from '../support/chromium';
import { leaksIn } from '../support/leaks';
import { describeIfFound } from '../support/programs';
import { startServer, type TestServer } from '../support/server';

const { consumerKey, consumerSecret } = oauth1;

const executablePath = findChromium(process.env);
const what = `OAuth 1.0a in a real browser (${__filename})`;
const describeInBrowser = describeIfFound(executablePath, what, advice);

test('without a browser, the tests that need one are skipped, or fail if CI or NEXMO_AUTH_REQUIRE_ALL is set', () => {
  const nowhere = { CHROMIUM_PATH: '/nowhere/chromium' };
  expect(findChromium(nowhere)).toBeUndefined();
  expect(findChromium({ PATH: __dirname })).toBeUndefined();
  for (const name of ['CI', 'NEXMO_AUTH_REQUIRE_ALL']) {
    expect(() => findChromium({ ...nowhere, [name]: '1' })).toThrow('apt-get install chromium');
  }
  expect(findChromium({ CHROMIUM_PATH: process.execPath, CI: '1' })).toBe(process.execPath);
});

describeInBrowser('in a real browser', () => {
  let browser: Browser;
  let sandbox: Sandbox;
  let app: TestServer;
  /** The credentials that the application got, step by step. */
  let received: Credentials[];
  beforeAll(async () => {
    const launch = { args: ['--no-sandbox'], timeout: 60_000 };
    browser = await chromium.launch({ ...launch, executablePath: String(executablePath) });
  }, 70_000);
  afterAll(() => browser.close());
  beforeEach(async () => {
    received = [];
    sandbox = await startSandbox({ oauth1: { consumerKey, consumerSecret } });
    app = await startServer(application());
  });
  afterEach(() => Promise.all([sandbox.close(), app.close()]));

  /** Sends a visitor to the approval page, and sends an SMS when the visitor returns. */
  function application(): RequestListener {
    const consumer = new Credentials({ oauth1: { consumerKey, consumerSecret } });
    const flow = new OAuth1Flow(consumer, { endpoints: sandbox.oauth1 });

    async function startFlow(origin: string): Promise<string> {
      const temporary = await flow.requestToken(`${origin}/back?order=7`);
      received.push(temporary);
      return flow.authorizeUrl(temporary);
    }

    async function finishFlow(url: string): Promise<string> {
      const [temporary] = received as [Credentials];
      const granted = await flow.accessToken(temporary, flow.verifierIn(url, temporary));
      received.push(granted);
      return `The SMS has status ${await statusOfSms(granted)}.`;
    }

    return ({ url = '', headers: { host } }, response) => {
      if (url === '/') {
        void startFlow(`http://${host}`).then((location) => {
          response.writeHead(302, { location }).end();
        });
      } else if (url.startsWith('/back?')) {
        const result = finishFlow(url).catch((error: unknown) => (error as NexmoAuthError).code);
        void result.then((text) => response.end(text));
      } else response.writeHead(404).end();
    };
  }

  async function statusOfSms(granted: Credentials): Promise<string> {
    const http = axios.create();
    const options = { schemes: { sms: 'oauth1' }, products: sandbox.products } as const;
    attachAuth(http, new AuthInjector(granted, options));
    const { data } = await http.post<{ messages: [{ status: string }] }>(
      `${sandbox.url('sms')}json`,
      new URLSearchParams({ from: 'Acme', to: '447700900000', text: 'Your order is on its way.' }),
    );
    return data.messages[0].status;
  }

  /** A user opens the application, presses a button on the approval page, and reads the result. */
  async function visit(button: 'Approve' | 'Decline') {
    const urls: string[] = [];
    const pages: string[] = [];
    const page = await browser.newPage();
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => urls.push(request.url()));
    await page.goto(app.origin);
    const prompt = await page.getByRole('main').innerText();
    pages.push(await page.content());
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL(`${app.origin}/back?**`);
    const result = await page.locator('body').innerText();
    pages.push(await page.content());
    await page.close();
    return { urls, pages, prompt, result };
  }

  /** The visited URLs, without the random values. */
  const withoutTokens = (urls: string[]) => urls.map((url) => url.replace(/=[\da-f]{32}\b/g, '=…'));

  test('after the user approves, the application can send an SMS', async () => {
    const { urls, pages, prompt, result } = await visit('Approve');
    expect(prompt).toContain(`The consumer ${consumerKey} asks to send SMS for this account.`);
    expect(prompt).toContain(`You will then be sent to ${app.origin}.`);
    expect(result).toBe('The SMS has status 0.');
    const { authorizeUrl } = sandbox.oauth1;
    expect(withoutTokens(urls)).toEqual([
      `${app.origin}/`,
      `${authorizeUrl}?oauth_token=…`,
      `${authorizeUrl}?oauth_token=…`,
      `${app.origin}/back?order=7&oauth_token=…&oauth_verifier=…`,
    ]);
    expect(sandbox.requests.filter(({ refusal }) => refusal !== undefined)).toEqual([]);
    const sent = sandbox.requests.at(-1);
    expect(sent).toMatchObject({ product: 'sms', status: 200 });
    expect(sent?.headers['authorization']).toMatch(/^OAuth oauth_consumer_key="consumer-key", /);
    const [temporary, granted] = received.map((credentials) => credentials.reveal('oauth1'));
    expect(urls.at(-1)).toContain(String(temporary?.token));
    const secrets = [consumerSecret, temporary?.tokenSecret, granted?.token, granted?.tokenSecret];
    expect(new Set(secrets).size).toBe(4);
    expect(leaksIn({ urls, pages }, secrets.map(String))).toEqual([]);
  });

  test('after the user declines, the application has no token', async () => {
    const { urls, pages, result } = await visit('Decline');
    expect(result).toBe('ERR_OAUTH1_DECLINED');
    expect(withoutTokens(urls).at(-1)).toBe(
      `${app.origin}/back?order=7&oauth_problem=permission_denied&oauth_token=…`,
    );
    expect(sandbox.requests.map(({ path }) => path)).not.toContain('/oauth/access_token');
    const [temporary, ...others] = received.map((credentials) => credentials.reveal('oauth1'));
    expect(others).toEqual([]);
    expect(leaksIn({ urls, pages }, [consumerSecret, String(temporary?.tokenSecret)])).toEqual([]);
  });
});
