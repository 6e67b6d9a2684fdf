import { NexmoAuthError } from '../errors';
import { ByteBuffer } from '../readers/byte-buffer';

export type BodyChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Reads a whole body of at most `limit` bytes.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_BODY_TOO_LARGE`; any error of the body
 */
export async function readBody(
  body: BodyChunks,
  limit: number,
  contentLength?: string | string[] | null,
): Promise<Uint8Array> {
  if (Number(contentLength) > limit) throw tooLarge(limit);
  const buffer = new ByteBuffer();
  for await (const chunk of body) {
    if (buffer.length + chunk.length > limit) throw tooLarge(limit);
    buffer.append(chunk);
  }
  return buffer.bytes;
}

function tooLarge(limit: number): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_BODY_TOO_LARGE',
    `The body has more than ${limit} bytes. To accept it, raise the option limit.`,
  );
}
