import { types } from 'node:util';
import { kindOf, NexmoAuthError } from '../errors';
import { formParametersOf, type Parameter, parametersOf } from './parameters';
import type { PlainRequest } from './scheme';

type Body =
  | { kind: 'none' }
  | { kind: 'form'; text: string }
  | { kind: 'json'; text: string; fields: object }
  | { kind: 'fields'; fields: object }
  | { kind: 'other' };

/**
 * The fields of a form or JSON body.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body of another kind
 */
export function bodyParameters(request: PlainRequest): Parameter[] {
  const body = bodyOf(request);
  switch (body.kind) {
    case 'none':
      return [];
    case 'form':
      return formParametersOf(body.text);
    case 'json':
    case 'fields':
      return parametersOf(requireNoNull(body.fields));
    case 'other':
      throw unreadable();
  }
}

/**
 * The fields of a form; of a body of another kind, none.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body that is a form by its type, but no text
 */
export function formParameters(request: PlainRequest): Parameter[] {
  const isForm = headerOf(request.headers, 'content-type').includes('form-urlencoded');
  return isForm || bodyOf(request).kind === 'form' ? bodyParameters(request) : [];
}

/**
 * A request whose body has further fields. What is there already stays as it is, to the byte.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body that is neither form nor JSON object
 */
export function addToBody(request: PlainRequest, added: Record<string, string>): PlainRequest {
  const body = bodyOf(request);
  const form = new URLSearchParams(added).toString();
  switch (body.kind) {
    case 'none':
      return withBody(request, form, 'application/x-www-form-urlencoded');
    case 'form':
      return withBody(request, `${body.text}&${form}`, 'application/x-www-form-urlencoded');
    case 'json':
      return withBody(request, extendJson(body.text, body.fields, added), 'application/json');
    case 'fields':
      return { ...request, data: { ...body.fields, ...added } };
    case 'other':
      throw unreadable();
  }
}

/**
 * What could be the fields of a body, whatever its type says: JSON if it parses as that, else a form;
 * data that is no text as it is.
 */
export function possibleFields(data: unknown): unknown {
  const text = textOf(data);
  if (text === undefined) return data;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return new URLSearchParams(text);
  }
}

/** How the server will read a body: by its Content-Type, or else by what it looks like. */
function bodyOf({ data, headers }: PlainRequest): Body {
  if (data == null || data === '') return { kind: 'none' };
  if (isRecord(data)) return { kind: 'fields', fields: data };
  const text = textOf(data);
  // Bytes that are no UTF-8 were decoded to U+FFFD, which is not what would be sent.
  if (text === undefined || (isBytes(data) && text.includes('\uFFFD'))) return { kind: 'other' };
  const type = headerOf(headers, 'content-type');
  const fields = type.includes('form-urlencoded') ? undefined : parseJson(text);
  if (fields !== undefined) return { kind: 'json', text, fields };
  const isForm = type === '' || type.includes('form-urlencoded');
  return isForm ? { kind: 'form', text } : { kind: 'other' };
}

/** The length that a client may have written down is no longer that of the body. */
function withBody(request: PlainRequest, data: string, type: string): PlainRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => name.toLowerCase() !== 'content-length'),
  );
  if (headerOf(headers, 'content-type') === '') headers['Content-Type'] = type;
  return { ...request, headers, data };
}

/** In lower case; empty where there is none. */
export function headerOf(headers: PlainRequest['headers'], wanted: string): string {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function textOf(data: unknown): string | undefined {
  if (data instanceof URLSearchParams) return data.toString();
  if (isBytes(data)) return new TextDecoder().decode(data);
  return typeof data === 'string' ? data : undefined;
}

function isBytes(data: unknown): data is Uint8Array {
  return types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
}

function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Puts fields in front, so that nothing of the text has to be written anew. */
function extendJson(text: string, fields: object, added: Record<string, string>): string {
  const inFront = JSON.stringify(added).slice(0, -1);
  const comma = Object.keys(fields).length > 0 ? ',' : '';
  return text.replace('{', () => `${inFront}${comma}`);
}

/** A plain object: of a class, such as a stream or FormData, the fields are not what is sent. */
function isRecord(value: unknown): value is object {
  if (kindOf(value) !== 'an object') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** In a body null is sent, unlike in a query, and the guide does not say how to sign that. */
function requireNoNull(fields: object): object {
  const found = Object.entries(fields).find(([, value]) => value === null);
  if (found === undefined) return fields;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The field ${found[0]} of the body is null, which cannot be signed: leave it out.`,
  );
}

function unreadable(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    'The body is neither a form nor a JSON object, so this scheme can neither read nor extend it.',
  );
}
