import { createHash, timingSafeEqual } from 'node:crypto';
import { NexmoAuthError } from '../errors';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';
import type { Parameter } from '../schemes/parameters';
import { typeOf, type WebhookRequest } from './request';

/** Whether a hash is that of a payload: SHA-256, in hexadecimal digits (guide "Signed webhooks"). */
export function isPayloadHash(hash: string, payload: Uint8Array | string): boolean {
  return timingSafeEqual(createHash('sha256').update(payload).digest(), Buffer.from(hash, 'hex'));
}

/**
 * The query of a GET as it is signed: as JSON, in the order in which it arrived (support article
 * 19033783342876). Written by hand, since an object would put names that are numbers first, and keep one of each.
 */
export function queryPayload(parameters: readonly Parameter[]): string {
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}

/**
 * Refuses a body of JSON whose Content-Type has a parser read something else in it, such as a form. The signature
 * covers the body, but not its type.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TAMPERED`
 */
export function refuseOtherType({ headers }: WebhookRequest, payload: Uint8Array | string): void {
  if (['json', 'verbatim', 'none'].includes(typeOf(headers))) return;
  const text = typeof payload === 'string' ? payload : readUtf8(payload);
  if (text === undefined || !/^\s*[{[]/.test(text) || readJson(text) === undefined) return;
  throw new NexmoAuthError(
    'ERR_WEBHOOK_TAMPERED',
    'The body of the webhook is JSON, and its Content-Type says something else, or another charset than UTF-8. The platform sends application/json.',
  );
}
