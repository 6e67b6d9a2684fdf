import { TextDecoder, types } from 'node:util';
import { NexmoAuthError, shownName } from '../errors';
import { isBlob, isIterable, isPlainObject, isStream, isUrlSearchParams } from '../readers/brands';
import { type ParsedJson, readJson } from '../readers/json';
import { type BodyType, bodyTypeOf, charsetIn } from '../readers/media-type';
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
 * Reads the fields of a form or JSON body.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body that is neither a form nor a JSON object;
 * `ERR_INVALID_PARAMETER` for JSON that servers could read in different ways
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
 * Reads the fields of a form. Returns no fields for other bodies.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body whose Content-Type servers could read in different ways, and
 * for a body that has the Content-Type of a form but cannot be read as a form
 */
export function formParameters(request: PlainRequest): Parameter[] {
  const { data } = request;
  const types = [typeOf(request)];
  // axios sends a Blob with the type of the Blob, also if the request has a Content-Type.
  if (isBlob(data)) types.push(bodyTypeOf(data.type));
  const mayBeForm = types.some((type) => type === 'form' || type === 'ambiguous');
  return mayBeForm || bodyOf(request).kind === 'form' ? bodyParameters(request) : [];
}

/**
 * If a form has no Content-Type, adds the Content-Type of a form. OAuth signs the fields of a form only with this
 * Content-Type (RFC 5849, section 3.4.1.3.1).
 */
export function withFormType(request: PlainRequest): PlainRequest {
  if (typeOf(request) !== 'none' || bodyOf(request).kind !== 'form') return request;
  const headers = { ...request.headers, 'Content-Type': 'application/x-www-form-urlencoded' };
  return { ...request, headers };
}

/**
 * Adds fields to a body. The bytes of the existing fields stay unchanged.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a body that is neither a form nor a JSON object
 */
export function addToBody(request: PlainRequest, added: Record<string, string>): PlainRequest {
  const body = bodyOf(request);
  const form = new URLSearchParams(added).toString();
  switch (body.kind) {
    case 'none':
      return createBody(request, { form, json: JSON.stringify(added) });
    case 'form':
      return withBody(request, `${body.text}&${form}`, 'application/x-www-form-urlencoded');
    case 'json':
      return withBody(request, extendJson(body.text, body.fields, added), 'application/json');
    case 'fields':
      return {
        ...request,
        headers: withoutLength(request.headers),
        data: { ...body.fields, ...added },
      };
    case 'other':
      throw unreadable();
  }
}

/**
 * All fields that servers could read from a body, in every encoding that fits the bytes or that the Content-Type names.
 * The body is read as JSON. It is also read as a form, unless it is JSON with the Content-Type of JSON.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` for a form or JSON whose charset is unknown or ambiguous
 */
export function possibleFields(request: PlainRequest): unknown[] {
  const { data } = request;
  const contentType = lowerCaseHeader(request.headers, 'content-type');
  const decoder = typeOfFields.test(contentType) ? decoderFor(contentType) : undefined;
  const text = formText(data);
  if (text === undefined && !isBytes(data)) return [data];
  const content = text ?? bytesOf(data as Uint8Array);
  const texts = possibleTexts(content);
  if (decoder) texts.push(decoder.decode(Buffer.from(content)));
  return texts.flatMap((each) => {
    const json = readJson(each);
    if (json !== undefined && bodyTypeOf(contentType) === 'json') return [json.value];
    const forms = possibleParameters(each);
    if (json !== undefined) return [json.value, ...forms];
    const mayBeJson = contentType.includes('json') || resemblesJson.test(each);
    return mayBeJson ? [lenientNames(each), ...forms] : forms;
  });
}

/** A Content-Type of a form or JSON, also further ones, such as application/vnd.api+json. */
const typeOfFields = /json|urlencoded/;

/** A brace in the first name, which no form has, or a comment in front. */
const resemblesJson = /^(?:[^&=]*\{|\s*[/#])/;

/**
 * The names in a text that is not JSON: the parts between quotes, colons and commas, and the words of these parts. Some
 * servers read JSON with comments, other quotes or names without quotes.
 */
function lenientNames(text: string): object {
  const parts = [...text.split(/["'`:,<>]/), ...text.split(/[\s"'`:,<>/*]+/)];
  return Object.fromEntries(parts.map((part) => [part.trim(), true]));
}

/** Charsets that `possibleTexts` decodes. */
const unicodeCharset = /^utf-?(?:8|16|32)(?:[lb]e)?$/;

/** Charsets with one byte for each character, in which ASCII is ASCII. Any other charset could hide a name. */
const extendedAscii = /^(?:(?:us-)?ascii|latin1|iso-8859-\d+|windows-125\d)$/;

/** The decoder of the charset that a Content-Type names, unless `possibleTexts` decodes this charset. */
function decoderFor(contentType: string): TextDecoder | undefined {
  const charset = charsetIn(contentType);
  if (charset === undefined || unicodeCharset.test(charset)) return undefined;
  const decoder = extendedAscii.test(charset) ? createDecoder(charset) : undefined;
  if (decoder !== undefined) return decoder;
  const named = charset === '' ? 'its charset ambiguously' : `the charset ${shownName(charset)}`;
  throw new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    `The Content-Type names ${named}, so the body cannot be searched for credentials. Send the body as UTF-8, with no charset or with charset=utf-8.`,
  );
}

/** Undefined if Node lacks the charset, as Node 20 lacks ISO-8859-16. */
function createDecoder(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}

/**
 * The parameters of a query or form. If the text has a `;`, also the parameters that servers read if they treat `;` as
 * a separator.
 */
export function possibleParameters(text: string): URLSearchParams[] {
  const texts = text.includes(';') ? [text, text.replaceAll(';', '&')] : [text];
  return texts.map((each) => new URLSearchParams(each));
}

/** Whether bytes may be a form or JSON. Compressed bytes and bytes with another Content-Type are neither. */
export function mayHoldFields({ headers }: Pick<PlainRequest, 'headers'>): boolean {
  if (isCompressed({ headers })) return false;
  const isFields = !['other', 'verbatim'].includes(typeOf({ headers }));
  return isFields || typeOfFields.test(lowerCaseHeader(headers, 'content-type'));
}

/** Reads a body as a server will: by the Content-Type or, without a Content-Type, by the content. */
function bodyOf(request: PlainRequest): Body {
  const { data } = request;
  if (data == null || data === '') return { kind: 'none' };
  if (isFields(data)) return { kind: 'fields', fields: data };
  if (isBytes(data) && !mayHoldFields(request)) return { kind: 'other' };
  const text = isBytes(data) ? readUtf8(data) : formText(data);
  if (text === undefined) return { kind: 'other' };
  const type = typeOf(request);
  if (type === 'form') return { kind: 'form', text };
  if (type === 'ambiguous') return { kind: 'other' };
  const reading = readJson(text);
  if (isPlainObject(reading?.value)) return { kind: 'json', text, fields: reading.value, reading };
  return type === 'none' ? { kind: 'form', text } : { kind: 'other' };
}

/** Whether clients serialise the fields of an object. Some clients send the items of an object that can be iterated. */
export function isFields(data: unknown): data is object {
  return isPlainObject(data) && !isIterable(data) && !isStream(data);
}

export function typeOf({ headers }: Pick<PlainRequest, 'headers'>): BodyType {
  return bodyTypeOf(lowerCaseHeader(headers, 'content-type'));
}

/** Creates a body of the type that the Content-Type says. */
function createBody(request: PlainRequest, bodies: { form: string; json: string }): PlainRequest {
  const type = typeOf(request);
  if (type === 'json') return withBody(request, bodies.json, 'application/json');
  if (type === 'form' || type === 'none') {
    return withBody(request, bodies.form, 'application/x-www-form-urlencoded');
  }
  throw unreadable();
}

/** Replaces the body. */
function withBody(request: PlainRequest, data: string, type: string): PlainRequest {
  const headers = withoutLength(request.headers);
  if (lowerCaseHeader(headers, 'content-type') === '') headers['Content-Type'] = type;
  return { ...request, headers, data };
}

/** Removes Content-Length, which is no longer right after a body was extended. */
function withoutLength(headers: PlainRequest['headers']): PlainRequest['headers'] {
  const kept = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length');
  return Object.fromEntries(kept);
}

/** Whether a body has a content coding, such as gzip (RFC 9110, section 8.4). */
export function isCompressed({ headers }: Pick<PlainRequest, 'headers'>): boolean {
  const codings = lowerCaseHeader(headers, 'content-encoding').split(',');
  return codings.some((coding) => !['', 'identity'].includes(coding.trim()));
}

/** The value of a header in lower case. Joins a list as clients do. Empty if the header is missing. */
export function lowerCaseHeader(headers: PlainRequest['headers'], wanted: string): string {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  if (Array.isArray(value)) return value.join(', ').toLowerCase();
  return typeof value === 'string' ? value.toLowerCase() : '';
}

function formText(data: unknown): string | undefined {
  if (isUrlSearchParams(data)) return data.toString();
  return typeof data === 'string' ? data : undefined;
}

export function isBytes(data: unknown): data is Uint8Array {
  return types.isAnyArrayBuffer(data) || ArrayBuffer.isView(data);
}

/**
 * The bytes that a view shows, or all bytes of an ArrayBuffer.
 *
 * @throws NexmoAuthError `ERR_INVALID_REQUEST` if the ArrayBuffer is detached, as after `postMessage` with a transfer
 */
export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  try {
    return ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
  } catch {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The body has no bytes, because its ArrayBuffer was transferred. Pass a copy that you keep.',
    );
  }
}

/** Inserts fields at the front of JSON text, so that the rest stays unchanged. */
function extendJson(text: string, fields: object, added: Record<string, string>): string {
  const inFront = JSON.stringify(added).slice(0, -1);
  const comma = Object.keys(fields).length > 0 ? ',' : '';
  return text.replace('{', () => `${inFront}${comma}`);
}

/**
 * Refuses JSON for which no signature is documented: JSON with repeated names, or with numbers that can be written in
 * several ways.
 */
function requireExact({ repeatedName, inexactNumber }: ParsedJson): void {
  if (repeatedName !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      `The field ${shownName(repeatedName)} occurs twice in the JSON body, which cannot be signed. Remove one of the two.`,
    );
  }
  if (inexactNumber !== undefined) {
    throw new NexmoAuthError(
      'ERR_INVALID_PARAMETER',
      `The JSON body has a number that servers could write differently, such as 1.0 or more than 15 digits. It cannot be signed. Send it as a string.`,
    );
  }
}

/**
 * Refuses null. Clients send null in a body, but not in a query, and the guide "Signing messages" does not say how to
 * sign null.
 */
function requireNoNull(fields: object): object {
  const found = Object.entries(fields).find(([, value]) => value === null);
  if (found === undefined) return fields;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The field ${shownName(found[0])} of the body is null, which cannot be signed. Leave it out.`,
  );
}

function unreadable(): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_INVALID_REQUEST',
    'The body must be a form or a JSON object, since this scheme reads or extends it. FormData, streams, compressed bytes and charsets other than UTF-8 cannot be read. Send URLSearchParams or JSON, or choose another scheme of the product.',
  );
}
