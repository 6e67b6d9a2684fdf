import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { WebhookRequest } from '../../src';
import { applicationId, held } from './account';

/** When the webhooks of the tests are signed, in seconds since the epoch. */
export const time = 1_700_000_000;

export const secret = held.signatureSecret;

/** An inbound message from the reference of the Messages API. */
export const inbound =
  '{"channel":"sms","message_uuid":"aaaaaaaa-bbbb-cccc-dddd-0123456789ab","to":"447700900000","from":"447700900001","timestamp":"2025-02-03T12:14:25Z","text":"Hello & good-bye = \u{1F44B}"}';

export const sha256 = (content: string | Uint8Array) =>
  createHash('sha256').update(content).digest('hex');

export const claims = {
  iat: time,
  jti: 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5',
  iss: 'Vonage',
  payload_hash: sha256(inbound),
  api_key: held.apiKey,
  application_id: applicationId,
};

export const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs any payload and header, with node:crypto alone. */
export function tokenOf(
  payload: unknown = claims,
  header: unknown = { alg: 'HS256', typ: 'JWT' },
  key: string | KeyObject = secret,
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

/** A webhook request as it arrives. */
export function webhook(
  token: string = tokenOf(),
  changes: Partial<WebhookRequest> = {},
): WebhookRequest {
  return {
    method: 'POST',
    url: '/webhooks/inbound',
    headers: {
      host: 'example.test',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
    },
    rawBody: Buffer.from(inbound),
    ...changes,
  };
}
