import type { Sandbox } from '../../../src/testing';
import { fetchJson, oauth1 } from '../client';
import { oauth1Header } from './client';

export const callback = 'https://app.test/back?state=a%20b#top';

export type Token = { key: string; secret: string };

type RequestOptions = { token?: Token; method?: string; consumer?: typeof oauth1 };

/** The token in a form-encoded response. */
export const tokenIn = (fields: Readonly<Record<string, string>>): Token => ({
  key: String(fields['oauth_token']),
  secret: String(fields['oauth_token_secret']),
});

export type Legs = ReturnType<typeof createLegs>;

/** The steps that a consumer and a user of OAuth 1.0a take, one function for each step. */
export function createLegs(sandbox: Sandbox, seconds: () => number) {
  const stamp = (overrides: Record<string, string>) => ({
    oauth_timestamp: String(seconds()),
    ...overrides,
  });

  /** Sends a signed request for a token. */
  async function requestFrom(
    url: string,
    overrides: Record<string, string>,
    { token, method = 'POST', consumer = oauth1 }: RequestOptions = {},
  ) {
    const authorization = oauth1Header({ method, url }, consumer, token, stamp(overrides));
    const response = await fetch(url, { method, headers: { authorization } });
    const fields = Object.fromEntries(new URLSearchParams(await response.text()));
    return { status: response.status, headers: response.headers, fields };
  }

  async function requestToken(to = callback): Promise<Token> {
    const overrides = { oauth_callback: to };
    const { status, fields } = await requestFrom(sandbox.oauth1.requestTokenUrl, overrides);
    expect(status).toBe(200);
    return tokenIn(fields);
  }

  const pageUrl = ({ key }: Token) => `${sandbox.oauth1.authorizeUrl}?oauth_token=${key}`;

  async function openPage(token: Token): Promise<{ html: string; confirmation: string }> {
    const html = await (await fetch(pageUrl(token))).text();
    const confirmation = String(/name="confirmation" value="([^"]+)"/.exec(html)?.[1]);
    return { html, confirmation };
  }

  async function submitForm(
    token: Token,
    decision: string,
    confirmation: string,
  ): Promise<Response> {
    const body = new URLSearchParams({ confirmation, decision });
    return fetch(pageUrl(token), { method: 'POST', body, redirect: 'manual' });
  }

  async function decide(token: Token, decision: string): Promise<Response> {
    return submitForm(token, decision, (await openPage(token)).confirmation);
  }

  /** Resolves to the verifier. */
  async function approve(token: Token): Promise<string> {
    const location = String((await decide(token, 'approve')).headers.get('location'));
    return String(new URL(location).searchParams.get('oauth_verifier'));
  }

  const exchange = (token: Token, verifier: string, options: RequestOptions = {}) =>
    requestFrom(sandbox.oauth1.accessTokenUrl, { oauth_verifier: verifier }, { token, ...options });

  async function accessToken(): Promise<Token> {
    const token = await requestToken();
    return tokenIn((await exchange(token, await approve(token))).fields);
  }

  async function sendSms(token: Token, { consumer = oauth1, overrides = {} }: SmsOptions = {}) {
    const query = { from: 'Nexmo', to: '447700900000', text: 'Hi' };
    const request = { method: 'GET', url: `${sandbox.url('sms')}json`, data: query };
    const authorization = oauth1Header(request, consumer, token, stamp(overrides));
    return fetchJson(sandbox, 'rest.nexmo.com/sms/json', { query, authorization });
  }

  return {
    requestFrom,
    requestToken,
    pageUrl,
    openPage,
    submitForm,
    decide,
    approve,
    exchange,
    accessToken,
    sendSms,
  };
}

type SmsOptions = { consumer?: typeof oauth1; overrides?: Record<string, string> };
