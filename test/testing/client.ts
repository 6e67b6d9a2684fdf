import { importPKCS8, type JWTPayload, SignJWT } from 'jose';
import type { SandboxOptions } from '../../src/testing';
import { applicationId, held, opentok } from '../support/account';
import { keyText } from '../support/keys';

// A client without the library: the sandbox is tested only with fetch, jose, oauth-1.0a and node:crypto.
export const { apiKey, apiSecret, signatureSecret } = held;
export const publicKey = keyText('rsa-public');
/** The time of the sandbox, in seconds. */
export const time = 1_500_000_000;
export const oauth1 = { consumerKey: 'dpf43f3p2l4k3l03', consumerSecret: 'kd94hf93k423kf44' };
export const options: SandboxOptions = {
  ...held,
  applicationId,
  publicKey,
  oauth1,
  opentok,
  now: () => time * 1000,
};

export const keyAndSecret = { api_key: apiKey, api_secret: apiSecret };
export const claims = { application_id: applicationId, iat: time, jti: 'one', exp: time + 900 };

export type Payload = { [Claim in keyof JWTPayload]: JWTPayload[Claim] | undefined };

export async function signToken(
  payload: Payload,
  key = 'rsa-pkcs8',
  alg = 'RS256',
): Promise<string> {
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(await importPKCS8(keyText(key), alg));
}

/** A token for the header X-OPENTOK-AUTH. */
export async function signOpenTokToken(
  payload: Payload,
  { secret = opentok.apiSecret, alg = 'HS256' } = {},
): Promise<string> {
  return new SignJWT(payload as JWTPayload)
    .setProtectedHeader({ alg, typ: 'JWT' })
    .sign(Buffer.from(secret));
}

export const opentokClaims = {
  iss: opentok.apiKey,
  ist: 'project',
  iat: time,
  jti: 'one',
  exp: time + 300,
};

export const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

export type RequestOptions = {
  method?: string;
  query?: Record<string, string> | string;
  form?: Record<string, string> | string;
  json?: unknown;
  authorization?: string | undefined;
  headers?: Record<string, string>;
};

/** Sends a request to a path of the sandbox, such as `rest.nexmo.com/sms/json`. */
export async function send(
  sandbox: { url(name: string): string },
  path: string,
  { method = 'GET', query = keyAndSecret, form, json, authorization, headers }: RequestOptions = {},
): Promise<Response> {
  const { origin } = new URL(sandbox.url('sms'));
  return fetch(`${origin}/${path}?${new URLSearchParams(query).toString()}`, {
    method,
    redirect: 'manual',
    headers: {
      ...headers,
      ...(authorization !== undefined && { authorization }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(form !== undefined && { body: new URLSearchParams(form) }),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
}

/** Sends a request and parses the body of the response. */
export async function fetchJson(...request: Parameters<typeof send>) {
  const response = await send(...request);
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
}
