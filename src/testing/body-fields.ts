import { isUtf8 } from 'node:buffer';
import { credentialNamesIn, formFault } from './credential-names';
import { readJsonObject } from './json-object';
import { formParameters } from './oauth1/signature';

export type BodyFields = {
  /** Of a repeated name, the last value. */
  values: Readonly<Record<string, unknown>>;
  /** Repeated names included. */
  names: readonly string[];
  /** The credential parameters in a body that has no fields. */
  hidden: readonly string[];
  /** Why two servers could read the body differently. */
  ambiguity?: string | undefined;
};

type Reader = (body: Buffer) => BodyFields;

export const formType = 'application/x-www-form-urlencoded';

const none: BodyFields = { values: {}, names: [], hidden: [] };

const opaque: Reader = (body) => ({ ...none, hidden: credentialNamesIn(body) });

const form: Reader = (body) => {
  const text = body.toString();
  const parameters = formParameters(text);
  return {
    values: Object.fromEntries(parameters),
    names: parameters.map(([name]) => name),
    hidden: [],
    ambiguity: isUtf8(body) ? formFault(text, 'form') : 'the form is not UTF-8',
  };
};

/** Without a type, a body is taken for a form; but an upload need not be one. */
const untyped: Reader = (body) => {
  const fields = form(body);
  return fields.ambiguity === undefined ? fields : opaque(body);
};

const json: Reader = (body) => {
  const object = readJsonObject(body);
  return object === undefined
    ? opaque(body)
    : { values: object.fields, names: object.names, hidden: [] };
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
  const read = readers.get(mediaTypeOf(contentType));
  if (read === undefined) return opaque(body);
  const fields = read(body);
  return { ...fields, ambiguity: charsetFault(contentType) ?? fields.ambiguity };
}

/** Forms are UTF-8 here, as JSON is everywhere (RFC 8259 section 8.1). */
function charsetFault(contentType: string): string | undefined {
  const parameters = contentType.split(';').slice(1);
  const isOther = parameters.some(
    (each) => /^\s*charset\b/i.test(each) && !/^\s*charset="?utf-?8"?\s*$/i.test(each),
  );
  return isOther ? 'the body has a charset that is not UTF-8' : undefined;
}
