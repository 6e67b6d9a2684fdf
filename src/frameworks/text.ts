import { bodyParsedError, headerValue, type WebhookHeaders } from '../webhooks/request';

/**
 * Encodes text that a parser has decoded, if UTF-8 gives the original bytes. It does not if the decoder replaced bytes
 * by U+FFFD, dropped a byte-order mark or used another charset; the last two change the length.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
export function encodeDecodedText(text: string, headers: WebhookHeaders, hint: string): Uint8Array {
  const bytes = Buffer.from(text);
  const length = headerValue(headers, 'content-length');
  // A compressed body has another length than its text.
  const isKnown = length !== undefined && headerValue(headers, 'content-encoding') === undefined;
  // Buffer encodes a lone surrogate as U+FFFD as well.
  const isLossless = !bytes.includes('\uFFFD') && (!isKnown || Number(length) === bytes.length);
  if (isLossless) return bytes;
  throw bodyParsedError(
    `A parser decoded it to text, from which the bytes cannot be restored. ${hint}`,
  );
}
