// Webhooks as the platform signs them, without a library.
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { apiKey, applicationId, signatureSecret } from './account.mjs';

export const key = createSecretKey(signatureSecret, 'utf8');
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
export const hmac = (input) => createHmac('sha256', key).update(input).digest();

const now = Math.floor(Date.now() / 1000);

export function signToken(body, jti) {
  const claims = {
    iat: now,
    jti,
    iss: 'Vonage',
    payload_hash: sha256(body).toString('hex'),
    api_key: apiKey,
    application_id: applicationId,
  };
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${hmac(input).toString('base64url')}`;
}

/** The webhook as a `WebhookVerifier` takes it. */
export const webhookWith = (token, body) => ({
  method: 'POST',
  url: '/webhooks/inbound',
  headers: {
    host: 'example.test',
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
  },
  rawBody: body,
});

/** The body of an inbound message with this text. */
export function inboundMessage(text) {
  return Buffer.from(
    JSON.stringify({
      to: '447700900000',
      from: '447700900001',
      channel: 'whatsapp',
      message_uuid: applicationId,
      timestamp: '2025-02-03T12:14:25Z',
      message_type: 'text',
      text,
      context: { message_uuid: applicationId, message_from: '447700900000' },
      profile: { name: 'Jane Smith' },
      usage: { currency: 'EUR', price: '0.0333' },
      whatsapp: { referral: { body: 'Check out our new offer', type: 'ad' } },
    }),
  );
}
