import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AxiosRequestConfig } from 'axios';
import type { Run, World } from './behaviour';

/** The outcome of a request by a new instance. */
export const request =
  (given: AxiosRequestConfig | ((world: World) => AxiosRequestConfig)): Run =>
  (world) => {
    const config = typeof given === 'function' ? given(world) : given;
    const http = world.create();
    // Some versions throw synchronously.
    return outcome(Promise.resolve().then(() => http.request({ url: '/echo', ...config })));
  };

type Shown = Record<string, unknown>;

/** The fields of a response or an error that programs read. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return shownResponse((await promise) as Shown);
  } catch (error) {
    return shownError(error as Shown);
  }
}

function shownResponse({ status, statusText, headers, data }: Shown): Shown {
  return { status, statusText, headers: shownHeaders(headers), data };
}

export function shownHeaders(headers: unknown): unknown {
  const ownOfTheConnection = /^(date|connection|keep-alive|transfer-encoding)$/i;
  return Object.fromEntries(
    Object.entries({ ...(headers as Shown) }).filter(([name]) => !ownOfTheConnection.test(name)),
  );
}

export function shownError(error: Shown): Shown {
  const { name, message, code, status, isAxiosError, response, config, cause } = error;
  return {
    rejected: name,
    message,
    code,
    status,
    isAxiosError,
    hasConfig: config !== undefined,
    hasRequest: 'request' in error,
    cause: (cause as Shown | undefined)?.['code'],
    response: response === undefined ? undefined : shownResponse(response as Shown),
  };
}

/** The content of a stream, or the chunks before its error. */
export async function contents(stream: unknown): Promise<unknown> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  } catch (error) {
    return { before: Buffer.concat(chunks), error: shownError(error as Shown) };
  }
  return Buffer.concat(chunks);
}

/** A JSON value without the parts that differ in every run: ports and boundaries. */
export function toPlainValue(value: unknown): unknown {
  const text = JSON.stringify(value, (_name, given: unknown) => {
    if (given === undefined) return 'undefined';
    if (typeof given === 'function') return 'a function';
    if (typeof given === 'bigint') return String(given);
    if (typeof given !== 'object' || given === null) return given;
    if ('type' in given && given.type === 'Buffer') return digest(given as never);
    if (given instanceof Error) return shownError(given as unknown as Shown);
    if (given instanceof Readable) return 'a stream';
    if (given instanceof ArrayBuffer) return digest({ data: [...new Uint8Array(given)] });
    if (given instanceof Blob) return `a Blob of ${given.size} bytes, ${given.type}`;
    if (given instanceof ReadableStream) return 'a web stream';
    return given;
  });
  return JSON.parse(
    text
      .replace(/(127\.0\.0\.1|localhost):\d+/g, 'server')
      .replace(/-{2,}[-\w.]*[\w-]{16,}|(?<=boundary=)[-\w.]+|formdata-undici-\d+/g, 'boundary'),
  ) as unknown;
}

function digest({ data }: { data: number[] }): string {
  const bytes = Buffer.from(data);
  return bytes.length < 200
    ? `bytes ${bytes.toString('latin1')}`
    : `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
}
