import { isUtf8 } from 'node:buffer';
import { credentialNamesIn, formFault, unnamedCredentials } from './credential-names';
import { readJsonObject } from './json-object';
import { formParameters } from './oauth1/signature';

export type BodyFields = {
  /** Of a repeated name, the last value. */
  values: Readonly<Record<string, unknown>>;
  /** Repeated names included. */
  names: readonly string[];
  /** The credential parameters that are no fields of the body, but that a server could read in it. */
  hidden: readonly string[];
  /** Why two servers could read the body differently. */
  ambiguity?: string | undefined;
};

type Reader = (body: Buffer) => BodyFields;

export const formType = 'application/x-www-form-urlencoded';

const none: BodyFields = { values: {}, names: [], hidden: [] };

const opaque = (body: Buffer): BodyFields => ({ ...none, hidden: credentialNamesIn(body) });

/** How JSON, XML and multipart/form-data begin, and no form does. */
const otherStart = /^[\s\uFEFF]*(?:[[{"<]|--)/;

const form = (body: Buffer): BodyFields => {
  const text = body.toString();
  const parameters = formParameters(text);
  const hidden = otherStart.test(text) ? credentialNamesIn(body) : [];
  return {
    ...none,
    values: Object.fromEntries(parameters),
    names: parameters.map(([name]) => name),
    hidden: [...hidden, ...unnamedCredentials(parameters)],
    ambiguity: isUtf8(body) ? formFault(text, 'form') : 'the form is not UTF-8',
  };
};

/** Without a type, a body is taken for a form; but an upload need not be one. */
const untyped = (body: Buffer): BodyFields => {
  const fields = form(body);
  return fields.ambiguity === undefined ? fields : opaque(body);
};

const json: Reader = (body) => {
  const object = readJsonObject(body);
  if (object === undefined) return opaque(body);
  // RFC 6750 has access_token in forms and queries; in JSON it is a field of external accounts.
  const names = object.names.filter((name) => name !== 'access_token');
  return { values: object.fields, names, hidden: [] };
};

const readers = new Map<string, Reader>([
  [formType, form],
  ['', untyped],
  ['application/json', json],
]);

/** The media type without its parameters (RFC 9110 section 8.3.1), in lower case; `''` without one. */
export function mediaTypeOf(contentType = ''): string {
  const [type] = contentType.split(';', 1) as [string];
  return type.trim().toLowerCase();
}

/** The fields of a body. A body of another type, or not of its own type, has none. */
export function readFields(body: Buffer, contentType = '', encoding = ''): BodyFields {
  if (body.length === 0) return none;
  if (!/^(?:identity)?$/i.test(encoding)) {
    return { ...opaque(body), ambiguity: 'the body has a Content-Encoding' };
  }
  if (isCompressed(body)) return { ...none, ambiguity: 'the body is compressed' };
  const read = readers.get(mediaTypeOf(contentType)) ?? opaque;
  const fields = read(body);
  return { ...fields, ambiguity: charsetFault(contentType) ?? fields.ambiguity };
}

/** How gzip (RFC 1952), zlib (RFC 1950) and Zstandard (RFC 8878) begin. */
const compressed = ['1f8b', '7801', '785e', '789c', '78da', '28b52ffd'];

function isCompressed(body: Buffer): boolean {
  const start = body.toString('hex', 0, 4);
  return compressed.some((magic) => start.startsWith(magic));
}

/** Forms are UTF-8 here, as JSON is everywhere (RFC 8259 section 8.1). */
function charsetFault(contentType: string): string | undefined {
  const parameters = contentType.split(';').slice(1);
  const isOther = parameters.some(
    (each) => /^\s*charset\b/i.test(each) && !/^\s*charset="?utf-?8"?\s*$/i.test(each),
  );
  return isOther ? 'the body has a charset that is not UTF-8' : undefined;
}
