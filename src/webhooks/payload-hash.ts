import { createHash, timingSafeEqual } from 'node:crypto';
import type { Parameter } from '../schemes/parameters';
import { bytesOf, hasNoBody, queryParametersOf, type WebhookRequest } from './request';

/**
 * Whether a hash is that of what the webhook carries: the bytes of its body (guide "Signed
 * webhooks"), or for GET its query as JSON, in the order in which it arrived (support article
 * 19033783342876).
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`, `ERR_WEBHOOK_MALFORMED`, and what a function given as `rawBody` throws
 */
export async function isPayloadHash(hash: string, request: WebhookRequest): Promise<boolean> {
  const payload = hasNoBody(request) ? asJson(queryParametersOf(request)) : await bytesOf(request);
  return timingSafeEqual(createHash('sha256').update(payload).digest(), Buffer.from(hash, 'hex'));
}

/** Written by hand, since an object would put names that are numbers first, and keep one of each. */
function asJson(parameters: readonly Parameter[]): string {
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}
