import { createHash, timingSafeEqual } from 'node:crypto';
import { NexmoAuthError } from '../errors';
import { readJson } from '../readers/json';
import { possibleTexts } from '../readers/utf8';
import type { Parameter } from '../schemes/parameters';
import {
  readRawBody,
  isGetOrHead,
  readQueryParameters,
  requireNoBody,
  bodyTypeIn,
  type WebhookRequest,
} from './request';

/**
 * Compares `payload_hash` with the SHA-256 (hexadecimal) of the body or, for GET and HEAD, with the SHA-256 of the
 * query (guide "Signed webhooks"). A GET or HEAD must have no body.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_BODY_PARSED`, `ERR_WEBHOOK_MALFORMED`, and any error of
 * the function `rawBody`
 */
export async function verifyPayloadHash(
  request: WebhookRequest,
  hash: string | undefined,
  isHashRequired: boolean,
): Promise<void> {
  const isQuery = isGetOrHead(request);
  if (isQuery) await requireNoBody(request);
  if (hash === undefined) {
    if (isHashRequired) {
      throw tampered(
        'The token of the webhook has no payload_hash, so the body is not verified. To accept such webhooks, set requirePayloadHash to false.',
      );
    }
    // Waits for the end of the body, since the webhook is claimed afterwards.
    if (typeof request.rawBody === 'function') await request.rawBody();
    return;
  }
  const payload = isQuery ? queryAsJson(readQueryParameters(request)) : await readRawBody(request);
  const digest = createHash('sha256').update(payload).digest();
  if (!timingSafeEqual(digest, Buffer.from(hash, 'hex'))) {
    throw tampered(
      'The body of the webhook (for GET, the query) differs from the signed body. Did a proxy change it, or was it parsed and serialised again? Pass the bytes as they arrived.',
    );
  }
  if (!isQuery) refuseMislabelledJson(request, payload);
}

/**
 * The query of a GET in the form that is signed: JSON, in the received order (support article 19033783342876).
 * `JSON.stringify` of an object would put names that look like integers first, and an object cannot repeat a name.
 */
function queryAsJson(parameters: readonly Parameter[]): string {
  const pairs = parameters.map((pair) => pair.map((text) => JSON.stringify(text)).join(':'));
  return `{${pairs.join(',')}}`;
}

/**
 * Refuses JSON with the Content-Type of another format, such as a form. The signature does not cover the Content-Type,
 * so a sender could make a handler parse a genuine body as that format.
 */
function refuseMislabelledJson({ headers }: WebhookRequest, payload: Uint8Array | string): void {
  if (['json', 'verbatim', 'none'].includes(bodyTypeIn(headers))) return;
  const isJson = (text: string) => /^\s*[{["]/.test(text) && readJson(text) !== undefined;
  if (!possibleTexts(payload).some(isJson)) return;
  throw tampered(
    'The body of the webhook is JSON, but its Content-Type names another format or a charset other than UTF-8. The platform sends application/json.',
  );
}

function tampered(message: string): NexmoAuthError {
  return new NexmoAuthError('ERR_WEBHOOK_TAMPERED', message);
}
