import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/run';
import { typeCheck } from '../support/type-check';

const requests = `
  import { AuthInjector, Credentials } from 'nexmo-auth';
  const auth = new AuthInjector(new Credentials({ apiKey: 'abcd1234', apiSecret: 'secret' }));
  const url = 'https://rest.nexmo.com/sms/json';
  const minimal = await auth.inject({ url });
  const full = await auth.inject({
    method: 'POST',
    url,
    headers: { 'X-Own': 'yes' },
    params: { page: '1' },
    data: { text: 'Hello' },
  });
  const platform = await auth.inject({ url, headers: new Headers(), params: new URLSearchParams() });`;

/** How a user sends the result of inject, by client. */
const clients: Record<string, string> = {
  fetch: `
    await fetch(minimal.url, { headers: minimal.headers });
    await fetch(full.url + '?' + String(new URLSearchParams(full.params)), {
      method: full.method,
      headers: full.headers,
      body: JSON.stringify(full.data),
    });
    await fetch(platform.url + '?' + String(platform.params), { headers: platform.headers });
    new URLSearchParams(minimal.params);
    new Headers(full.headers);`,
  got: `
    import got from 'got';
    await got(minimal.url, { headers: minimal.headers, searchParams: minimal.params });
    await got.post(full.url, {
      headers: full.headers,
      searchParams: full.params,
      json: full.data,
    });
    await got(platform.url, { headers: platform.headers, searchParams: platform.params });`,
  ky: `
    import ky from 'ky';
    await ky(minimal.url, { headers: minimal.headers, searchParams: minimal.params });
    await ky(full.url, {
      method: full.method,
      headers: full.headers,
      searchParams: full.params,
      json: full.data,
    });`,
  undici: `
    import * as undici from 'undici';
    await undici.fetch(minimal.url, { headers: minimal.headers });
    await undici.request(full.url, {
      method: 'POST',
      headers: full.headers,
      query: full.params ?? {},
      body: JSON.stringify(full.data),
    });`,
  axios: `
    import axios, { type AxiosRequestConfig, type InternalAxiosRequestConfig } from 'axios';
    await axios.request(minimal);
    await axios.request(full);
    await axios.request(platform);
    export const send = async (config: AxiosRequestConfig) => axios.request(await auth.inject(config));
    axios.interceptors.request.use(async (config: InternalAxiosRequestConfig) => {
      await auth.inject(config);
      return config;
    });
    const { timeout } = await auth.inject({ url, timeout: 1000 });
    export const milliseconds: number = timeout;`,
  'values that a client refuses': `
    import got from 'got';
    const { url: target, params } = await auth.inject({ url, params: { page: 1, none: undefined } });
    await got(target, { searchParams: params });
    // @ts-expect-error A number is not a string.
    new URLSearchParams(params);
    // @ts-expect-error The value of a header is a list.
    await fetch(url, { headers: (await auth.inject({ url, headers: { a: ['1', '2'] } })).headers });`,
};

test('the result of inject has the types that fetch, got, ky, undici and axios accept', async () => {
  const sources = Object.entries(clients).map(([name, code]) => [
    `${name.replaceAll(' ', '-')}.mts`,
    requests + code,
  ]);
  expect(await typeCheck(Object.fromEntries(sources) as Record<string, string>)).toBe('');
}, 120_000);

const officialClients = `
  import { AuthInjector, Credentials, fromEnv, vonageAuth, type VonageAuth } from 'nexmo-auth';
  import { AlgorithmTypes, Auth, type AuthInterface, type AuthParams } from '@vonage/auth';
  import { Client } from '@vonage/server-client';
  import { Messages } from '@vonage/messages';
  import { Vonage } from '@vonage/server-sdk';
  import { SMS } from '@vonage/sms';
  import { SubAccounts } from '@vonage/subaccounts';
  import { Video } from '@vonage/video';
  import { Voice } from '@vonage/voice';
  import { Vonage as OldVonage } from 'vonage-server-sdk-3-0';

  const auth: VonageAuth = vonageAuth(new Credentials({ apiKey: 'abcd1234', apiSecret: 'secret' }));
  export const accepted: AuthInterface = auth;
  export const params: AuthParams = auth;
  export const signature: AuthParams['signature'] = auth.signature;
  export const isHash: boolean = auth.signature?.algorithm === AlgorithmTypes.md5hash;
  export const spread: AuthInterface & { msisdn: string } = { ...auth, msisdn: '447700900000' };
  export const extended: AuthInterface = Object.assign(vonageAuth(fromEnv()), { msisdn: '1' });
  export const clients = [
    new Vonage(auth, { timeout: 1000 }),
    new OldVonage(auth),
    ...[Client, Messages, SMS, SubAccounts, Video, Voice].map((Each) => new Each(auth)),
  ];
  // One variable of either type, as in a test that compares them.
  export const either = (theirs: boolean): AuthInterface =>
    theirs ? new Auth({ apiKey: 'abcd1234' }) : vonageAuth(new AuthInjector(fromEnv()));
  export const inUnion = (source: Credentials | AuthInjector) => vonageAuth(source);
  export async function query(): Promise<string> {
    const { api_key, api_secret, to } = await auth.getQueryParams({ to: '447700900000' });
    const { sig, timestamp } = await auth.createSignatureHash({ to });
    return [api_key, api_secret, sig, timestamp].join();
  }`;

test('vonageAuth has the type that the official clients accept, without a cast', async () => {
  const sources = { 'official.mts': officialClients, 'official.cts': officialClients };
  expect(await typeCheck(sources)).toBe('');
}, 120_000);

test('the published types name no type of an official package', () => {
  const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
  const declarations = files.filter((file) => /\.d\.[mc]?ts$/.test(file));
  const importing = declarations.filter((file) =>
    /(from|import\(|types=)\s*['"]@vonage\//.test(readFileSync(join(root, 'dist', file), 'utf8')),
  );
  expect(declarations).not.toEqual([]);
  expect(importing).toEqual([]);
});
