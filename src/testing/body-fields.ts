import { isUtf8 } from 'node:buffer';
import { findCredentialNames, formAmbiguity, unnamedCredentials } from './credential-names';
import { parseJsonObject } from './json-object';
import { formParameters } from './oauth1/signature';

export type BodyFields = {
  /** Values by name. For a repeated name, the last value. */
  values: Readonly<Record<string, unknown>>;
  /** All names, with duplicates. */
  names: readonly string[];
  /** Names of credentials that a server could find in the body, but outside the fields above. */
  misplacedCredentials: readonly string[];
  /** Why two servers could read the body differently. */
  ambiguity?: string | undefined;
};

type BodyParser = (body: Buffer) => BodyFields;

export const formType = 'application/x-www-form-urlencoded';

const noFields: BodyFields = { values: {}, names: [], misplacedCredentials: [] };

const parseOpaque: BodyParser = (body) => ({
  ...noFields,
  misplacedCredentials: findCredentialNames(body),
});

/** The start of JSON, XML or multipart/form-data. No form starts like this. */
const otherStart = /^[\s\uFEFF]*(?:[[{"<]|--)/;

const parseForm: BodyParser = (body) => {
  const text = body.toString();
  const parameters = formParameters(text);
  return {
    values: Object.fromEntries(parameters),
    names: parameters.map(([name]) => name),
    misplacedCredentials: [
      ...(otherStart.test(text) ? findCredentialNames(body) : []),
      ...unnamedCredentials(parameters),
    ],
    ambiguity: isUtf8(body) ? formAmbiguity(text, 'form') : 'the form is not UTF-8',
  };
};

/**
 * Parses a body without a Content-Type. If its text is a valid form, parses it as a form. Any other body, such as an
 * upload, has no fields.
 */
const parseUntyped: BodyParser = (body) => {
  const fields = parseForm(body);
  return fields.ambiguity === undefined ? fields : parseOpaque(body);
};

const parseJson: BodyParser = (body) => {
  const object = parseJsonObject(body);
  if (object === undefined) return parseOpaque(body);
  // In forms and queries, `access_token` is a credential (RFC 6750). In JSON, it is a field of the External Accounts
  // API.
  const names = object.names.filter((name) => name !== 'access_token');
  return { values: object.fields, names, misplacedCredentials: [] };
};

const parsers = new Map<string, BodyParser>([
  [formType, parseForm],
  ['', parseUntyped],
  ['application/json', parseJson],
]);

/** The media type without its parameters (RFC 9110 section 8.3.1), in lower case. Returns `''` if there is none. */
export function mediaTypeOf(contentType = ''): string {
  const [type] = contentType.split(';', 1) as [string];
  return type.trim().toLowerCase();
}

/** Parses the fields of a body. A body that is neither a form nor a JSON object has no fields. */
export function parseBodyFields(body: Buffer, contentType = '', encoding = ''): BodyFields {
  if (body.length === 0) return noFields;
  if (!/^(?:identity)?$/i.test(encoding)) {
    return { ...parseOpaque(body), ambiguity: 'the body has a Content-Encoding' };
  }
  if (isCompressed(body)) return { ...noFields, ambiguity: 'the body is compressed' };
  const parse = parsers.get(mediaTypeOf(contentType)) ?? parseOpaque;
  const fields = parse(body);
  return { ...fields, ambiguity: charsetAmbiguity(contentType) ?? fields.ambiguity };
}

/** The first bytes of gzip (RFC 1952), zlib (RFC 1950) and Zstandard (RFC 8878), in hexadecimal. */
const magicNumbers = ['1f8b', '7801', '785e', '789c', '78da', '28b52ffd'];

function isCompressed(body: Buffer): boolean {
  const start = body.toString('hex', 0, 4);
  return magicNumbers.some((magic) => start.startsWith(magic));
}

/**
 * Refuses charsets other than UTF-8. The sandbox requires UTF-8 in forms, and RFC 8259 section 8.1 requires UTF-8 in
 * JSON.
 */
function charsetAmbiguity(contentType: string): string | undefined {
  const parameters = contentType.split(';').slice(1);
  const isOther = parameters.some(
    (parameter) =>
      /^\s*charset\b/i.test(parameter) && !/^\s*charset="?utf-?8"?\s*$/i.test(parameter),
  );
  return isOther ? 'the body has a charset that is not UTF-8' : undefined;
}
