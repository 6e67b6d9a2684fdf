import { NexmoAuthError } from '../errors';

/**
 * All of a body, as long as it has no more bytes than the limit.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_TOO_LARGE`; what the body itself throws
 */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  contentLength?: string | null,
): Promise<Uint8Array> {
  if (Number(contentLength) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(limit: number): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_BODY_TOO_LARGE',
    `The body has more than ${limit} bytes; limit allows for more.`,
  );
}
