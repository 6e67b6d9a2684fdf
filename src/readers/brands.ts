/**
 * Whether a value is a built-in object with one of the given brands. A brand is the name that
 * `Object.prototype.toString` shows. `instanceof` fails for objects of another realm, another copy of undici, or jsdom.
 */
function hasBrand(value: unknown, ...names: readonly string[]): value is object {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && names.includes(Object.prototype.toString.call(value).slice(8, -1));
}

export function hasMethods(value: unknown, ...names: readonly string[]): value is object {
  const fields = value as Record<string, unknown> | null | undefined;
  return names.every((name) => typeof fields?.[name] === 'function');
}

export function isUrlSearchParams(value: unknown): value is URLSearchParams {
  return hasBrand(value, 'URLSearchParams');
}

/** Whether a value is the platform's FormData. A form of the form-data package has the same brand, but is a stream. */
export function isFormData(value: unknown): value is FormData {
  return hasBrand(value, 'FormData') && hasMethods(value, 'has', 'entries');
}

export function isBlob(value: unknown): value is Blob {
  return hasBrand(value, 'Blob', 'File') && hasMethods(value, 'arrayBuffer', 'slice');
}

export function isUrl(value: unknown): value is URL {
  return hasBrand(value, 'URL');
}

export function isReadableStream(value: unknown): value is ReadableStream {
  return hasMethods(value, 'getReader', 'cancel');
}

/** Whether a value is a Node stream, a web stream or another async iterable. */
export function isStream(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isReadableStream(value) || hasMethods(value, 'pipe') || Symbol.asyncIterator in value;
}

export function isHeaders(value: unknown): value is Headers {
  return hasBrand(value, 'Headers') && hasMethods(value, 'set', 'delete');
}

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null | undefined;
  return (
    typeof signal?.aborted === 'boolean' &&
    hasMethods(signal, 'addEventListener', 'removeEventListener')
  );
}

/** Whether a value is a Request, or an object of another library with the fields of a Request. */
export function isRequest(value: unknown): value is Request {
  if (hasBrand(value, 'Request')) return true;
  const request = value as Partial<Request> | null | undefined;
  return (
    typeof request?.url === 'string' &&
    typeof request.method === 'string' &&
    hasMethods(request, 'arrayBuffer', 'clone')
  );
}

/** Whether a value is an error of any realm. Also true for a `DOMException`, such as an AbortError. */
export function isError(value: unknown): value is Error {
  return hasBrand(value, 'Error', 'DOMException');
}

export function isResponse(value: unknown): value is Response {
  return hasBrand(value, 'Response');
}

/**
 * The platform class of an object, in the object's realm and copy of undici. The object's own constructor may be a
 * subclass that takes other arguments.
 */
export function platformClassOf(object: object): new (...args: unknown[]) => unknown {
  let owner = object;
  while (!Object.hasOwn(owner, Symbol.toStringTag)) owner = Object.getPrototypeOf(owner) as object;
  return owner.constructor as new (...args: unknown[]) => unknown;
}

/** Whether a value is a plain object of any realm. */
export function isPlainObject(value: unknown): value is object {
  if (!hasBrand(value, 'Object')) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
