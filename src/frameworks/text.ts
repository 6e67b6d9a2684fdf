import { bodyParsedError, headerValue, type WebhookHeaders } from '../webhooks/request';

/**
 * The bytes that a parser has decoded to text, where encoding it as UTF-8 gives them back. It does not where the
 * decoder has replaced bytes by U+FFFD, dropped a byte-order mark or read another charset, which changes the length.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_PARSED`
 */
export function encodeDecodedText(text: string, headers: WebhookHeaders, hint: string): Uint8Array {
  const bytes = Buffer.from(text);
  const length = headerValue(headers, 'content-length');
  // That of a compressed body says nothing of what it was inflated to.
  const isKnown = length !== undefined && headerValue(headers, 'content-encoding') === undefined;
  // Buffer writes half of a surrogate pair as U+FFFD, too.
  const isFaithful = !bytes.includes('\uFFFD') && (!isKnown || Number(length) === bytes.length);
  if (isFaithful) return bytes;
  throw bodyParsedError(`A parser has decoded it to text, which is not the bytes. ${hint}`);
}
