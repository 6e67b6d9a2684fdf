import { bodyParsedError, headerValue, type WebhookHeaders } from '../webhooks/request';

/**
 * Encodes text that a parser has decoded, if encoding as UTF-8 restores the original bytes. Encoding does not restore
 * the bytes if the decoder replaced some of them by U+FFFD, dropped a byte-order mark or used another charset. A
 * dropped byte-order mark or another charset is detected by the length: the encoded text is not as long as
 * Content-Length says.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
export function encodeDecodedText(text: string, headers: WebhookHeaders, hint: string): Uint8Array {
  const bytes = Buffer.from(text);
  const length = headerValue(headers, 'content-length');
  // The length of a compressed body differs from the length of its text.
  const isKnown = length !== undefined && headerValue(headers, 'content-encoding') === undefined;
  // Buffer also encodes a lone surrogate as U+FFFD.
  const isLossless = !bytes.includes('\uFFFD') && (!isKnown || Number(length) === bytes.length);
  if (isLossless) return bytes;
  throw bodyParsedError(
    `A parser decoded the body to text, from which the bytes cannot be restored. ${hint}`,
  );
}
