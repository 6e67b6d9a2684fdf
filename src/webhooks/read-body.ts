import { NexmoAuthError } from '../errors';

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
  // Copies chunks into one growing buffer. A list of one-byte chunks would take a hundred times as much memory.
  let bytes = Buffer.alloc(0);
  let length = 0;
  for await (const chunk of body) {
    const end = length + chunk.length;
    if (end > limit) throw tooLarge(limit);
    if (end > bytes.length) {
      bytes = Buffer.concat([bytes], Math.min(limit, Math.max(end, 2 * bytes.length)));
    }
    bytes.set(chunk, length);
    length = end;
  }
  return bytes.subarray(0, length);
}

function tooLarge(limit: number): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_BODY_TOO_LARGE',
    `The body has more than ${limit} bytes. To accept it, raise the option limit.`,
  );
}
