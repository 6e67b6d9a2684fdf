import { types } from 'node:util';
import { NexmoAuthError } from '../errors';
import { isPlainObject, isUrlSearchParams } from '../readers/brands';
import { type ParsedJson, readJson } from '../readers/json';
import { type BodyType, bodyTypeOf } from '../readers/media-type';
import { possibleTexts, readUtf8 } from '../readers/utf8';
import { formParametersOf, type Parameter, parametersOf } from './parameters';
import type { PlainRequest } from './scheme';

type Body =
  | { kind: 'none' }
  | { kind: 'form'; text: string }
  | { kind: 'json'; text: string; fields: object; reading: ParsedJson }
  | { kind: 'fields'; fields: object }
  | { kind: 'other' };

/**
 * The fields of a form or JSON body.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body of another kind; `ERR_INVALID_PARAMETER` for JSON
 * that servers could read differently
 */
export function bodyParameters(request: PlainRequest): Parameter[] {
  const body = bodyOf(request);
  switch (body.kind) {
    case 'none':
      return [];
    case 'form':
      return formParametersOf(body.text);
    case 'json':
      requireExact(body.reading);
      return parametersOf(requireNoNull(body.fields));
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
  return typeOf(request) === 'form' || bodyOf(request).kind === 'form'
    ? bodyParameters(request)
    : [];
}

/**
 * Labels an untyped form as such: only then do its fields belong into a signature (RFC 5849, section 3.4.1.3.1).
 */
export function withFormType(request: PlainRequest): PlainRequest {
  if (typeOf(request) !== 'none' || bodyOf(request).kind !== 'form') return request;
  const headers = { ...request.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  return { ...request, headers };
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
 * Everything that a server could take for the fields of a body, in every encoding that the bytes could be text of: as
 * JSON, and as a form unless the Content-Type says JSON and the body is.
 */
export function possibleFields(request: PlainRequest): unknown[] {
  const { data } = request;
  const text = textOf(data);
  if (text === undefined && !isBytes(data)) return [data];
  const type = typeOf(request);
  return possibleTexts(text ?? (data as Uint8Array)).flatMap((each) => {
    const json = readJson(each);
    const form = type === 'json' && json !== undefined ? undefined : new URLSearchParams(each);
    return [json?.value, form].filter((fields) => fields !== undefined);
  });
}

/** Bytes that are compressed, or that are said to be something else than fields, are not searched. */
export function mayHoldFields({ headers }: Pick<PlainRequest, 'headers'>): boolean {
  if (isCompressed({ headers })) return false;
  const isFields = !['other', 'verbatim'].includes(typeOf({ headers }));
  // Some servers read application/vnd.api+json, too, say.
  return isFields || /json|urlencoded/.test(headerOf(headers, 'content-type'));
}

/** How the server will read a body: by its Content-Type, or else by what it looks like. */
function bodyOf(request: PlainRequest): Body {
  const { data } = request;
  if (data == null || data === '') return { kind: 'none' };
  if (isPlainObject(data)) return { kind: 'fields', fields: data };
  if (isBytes(data) && isCompressed(request)) return { kind: 'other' };
  const text = isBytes(data) ? readUtf8(data) : textOf(data);
  if (text === undefined) return { kind: 'other' };
  const type = typeOf(request);
  if (type === 'form') return { kind: 'form', text };
  if (type === 'ambiguous') return { kind: 'other' };
  const reading = readJson(text);
  if (isPlainObject(reading?.value)) return { kind: 'json', text, fields: reading.value, reading };
  return type === 'none' ? { kind: 'form', text } : { kind: 'other' };
}

/** By the Content-Type. */
export function typeOf({ headers }: Pick<PlainRequest, 'headers'>): BodyType {
  return bodyTypeOf(headerOf(headers, 'content-type'));
}

/** The length that a client may have written down is no longer that of the body. */
function withBody(request: PlainRequest, data: string, type: string): PlainRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).filter(([name]) => name.toLowerCase() !== 'content-length'),
  );
  if (headerOf(headers, 'content-type') === '') headers['Content-Type'] = type;
  return { ...request, headers, data };
}

/** Whether bytes are of another coding than their Content-Type says (RFC 9110, section 8.4). */
export function isCompressed({ headers }: Pick<PlainRequest, 'headers'>): boolean {
  const codings = headerOf(headers, 'content-encoding').split(',');
  return codings.some((coding) => !['', 'identity'].includes(coding.trim()));
}

/** In lower case; empty where there is none. */
export function headerOf(headers: PlainRequest['headers'], wanted: string): string {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function textOf(data: unknown): string | undefined {
  if (isUrlSearchParams(data)) return data.toString();
  return typeof data === 'string' ? data : undefined;
}

export function isBytes(data: unknown): data is Uint8Array {
  return types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
}

/** Puts fields in front, so that nothing of the text has to be written anew. */
function extendJson(text: string, fields: object, added: Record<string, string>): string {
  const inFront = JSON.stringify(added).slice(0, -1);
  const comma = Object.keys(fields).length > 0 ? ',' : '';
  return text.replace('{', () => `${inFront}${comma}`);
}

/** Which of two members of a name is signed, and which digits, no document says. */
function requireExact({ repeatedName, inexactNumber }: ParsedJson): void {
  if (repeatedName !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      `The field ${repeatedName} is in the JSON body twice, which cannot be signed: leave one out.`,
    );
  }
  if (inexactNumber !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      `The JSON body holds a number that servers could write differently, such as one of more than 15 digits or 1.0, which cannot be signed: send it as a string.`,
    );
  }
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
    'The body is neither a form nor a JSON object, so this scheme can neither read nor extend it. FormData is sent as multipart, and a stream or compressed bytes are not read: send URLSearchParams or JSON, or choose another scheme of the product.',
  );
}
