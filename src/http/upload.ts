import { Readable, Writable } from 'node:stream';

type Clean = (error: unknown) => unknown;

/** Whether what a body is piped into can be found from it; streams as old as form-data keep no list. */
export function isLinkingStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'pipe' in body && '_readableState' in body;
}

/**
 * Gives a stream to send in place of the caller's. What the caller's is piped into can be found from
 * it, so it must not be the request with the credential.
 *
 * The caller's stream is observed from now on, since it may fail while a credential is fetched, and
 * is read once somebody reads the other one. Both end, fail and are given up together; errors that
 * come from the request pass through `clean`. Chunks stay as they are.
 */
export function detachUpload(source: Readable): (clean: Clean) => Readable {
  let isEnded = false;
  let failure: { error?: Error | undefined } | undefined;
  let onFailure: (() => void) | undefined;
  const fail = (error?: Error) => {
    failure ??= { error };
    onFailure?.();
  };
  source.once('end', () => (isEnded = true));
  source.once('close', () => {
    if (!isEnded) fail();
  });
  source.on('error', fail);

  return (clean) => {
    let proceed = () => {
      onFailure = () => detached.destroy(failure?.error);
      if (failure) onFailure();
      else source.pipe(sink);
    };
    const detached = new Readable({
      objectMode: true,
      highWaterMark: 1,
      read: () => {
        proceed();
      },
      destroy(error, callback) {
        if (!isEnded && failure === undefined) source.destroy(clean(error) as Error | undefined);
        callback(error);
      },
    });
    const sink = new Writable({
      objectMode: true,
      highWaterMark: 1,
      write(chunk, _encoding, callback) {
        proceed = callback;
        detached.push(chunk);
      },
      final(callback) {
        // A stream that had ended before is sent as an empty body.
        isEnded = true;
        detached.push(null);
        callback();
      },
    });
    // A request that is over leaves the caller's stream as free as if it had been piped into that.
    return Object.assign(detached, {
      unpipe(destination?: NodeJS.WritableStream) {
        source.unpipe(sink);
        return Readable.prototype.unpipe.call(detached, destination);
      },
    });
  };
}
