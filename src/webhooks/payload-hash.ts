import { createHash, timingSafeEqual } from 'node:crypto';
import { NexmoAuthError } from '../errors';
import { readJson } from '../readers/json';
import { readUtf8 } from '../readers/utf8';
import type { Parameter } from '../schemes/parameters';
import {
  readRawBody,
  hasNoBody,
  readQueryParameters,
  requireNoBody,
  bodyTypeIn,
  type WebhookRequest,
} from './request';

/**
 * Checks that a webhook carries what its token says: the SHA-256 of its body, or for GET of its query (guide "Signed
 * webhooks"), in hexadecimal digits. A GET must have no body.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_BODY_PARSED`, `ERR_WEBHOOK_MALFORMED`, and what a
 * function given as `rawBody` throws
 */
export async function verifyPayloadHash(
  request: WebhookRequest,
  hash: string | undefined,
  isHashRequired: boolean,
): Promise<void> {
  const isInQuery = hasNoBody(request);
  if (isInQuery) await requireNoBody(request);
  if (hash === undefined) {
    if (!isHashRequired) return;
    throw tampered(
      'The token of the webhook has no payload_hash, so its body could be anything. requirePayloadHash: false accepts that.',
    );
  }
  const payload = isInQuery ? asJson(readQueryParameters(request)) : await readRawBody(request);
  const digest = createHash('sha256').update(payload).digest();
  if (!timingSafeEqual(digest, Buffer.from(hash, 'hex'))) {
    throw tampered(
      'The body of the webhook, or for GET the query, is not the one that was signed. Was it changed on its way, or parsed and written again?',
    );
  }
  if (!isInQuery) refuseOtherType(request, payload);
}

/**
 * The query of a GET as it is signed: as JSON, in the order in which it arrived (support article
 * 19033783342876). Written by hand, since an object would put names that are numbers first, and keep one of each.
 */
function asJson(parameters: readonly Parameter[]): string {
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}

/**
 * Refuses a body of JSON whose Content-Type has a parser read something else in it, such as a form. The signature
 * covers the body, but not its type.
 */
function refuseOtherType({ headers }: WebhookRequest, payload: Uint8Array | string): void {
  if (['json', 'verbatim', 'none'].includes(bodyTypeIn(headers))) return;
  const text = typeof payload === 'string' ? payload : readUtf8(payload);
  if (text === undefined || !/^\s*[{[]/.test(text) || readJson(text) === undefined) return;
  throw tampered(
    'The body of the webhook is JSON, and its Content-Type says something else, or another charset than UTF-8. The platform sends application/json.',
  );
}

function tampered(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_WEBHOOK_TAMPERED', message);
}
