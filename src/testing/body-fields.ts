import { readJsonObject } from './json-object';
import { formParameters } from './oauth1/signature';

export type BodyFields = {
  /** Of a repeated name, the last value. */
  values: Readonly<Record<string, unknown>>;
  /** Repeated names included. */
  names: readonly string[];
};

type Reader = (body: Buffer) => BodyFields;

export const formType = 'application/x-www-form-urlencoded';

const none: BodyFields = { values: {}, names: [] };

const form: Reader = (body) => {
  const parameters = formParameters(body.toString());
  return { values: Object.fromEntries(parameters), names: parameters.map(([name]) => name) };
};

const json: Reader = (body) => {
  const object = readJsonObject(body);
  return object === undefined ? none : { values: object.fields, names: object.names };
};

/** Without a type, a body is taken for a form. */
const readers = new Map<string, Reader>([
  [formType, form],
  ['', form],
  ['application/json', json],
]);

/** The media type without its parameters (RFC 9110 section 8.3.1), in lower case; `''` without one. */
export function mediaTypeOf(contentType = ''): string {
  const [type] = contentType.split(';', 1) as [string];
  return type.trim().toLowerCase();
}

/** The fields of a body. A body of another type, or not of its own type, has none. */
export function readFields(body: Buffer, mediaType: string): BodyFields {
  return readers.get(mediaType)?.(body) ?? none;
}
