import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import { isUrlSearchParams } from '../readers/brands';
import { enumerableNames } from '../readers/enumerable-names';
import { readJson } from '../readers/json';
import type { BodyType } from '../readers/media-type';
import { readUtf8 } from '../readers/utf8';
import { formParametersOf, type Parameter, parametersOf } from '../schemes/parameters';
import {
  readRawBody,
  isAmbiguousForm,
  isGetOrHead,
  readQueryParameters,
  requireNoBody,
  requireRequest,
  bodyTypeIn,
  type WebhookRequest,
} from './request';

/** The largest number of parameters to verify. The platform sends about twenty, but any sender can send more. */
const maximumParameters = 250;

/**
 * Reads the parameters of an SMS callback: from the query for GET and HEAD, and from a form or JSON body for other
 * methods. Refuses a callback that two parsers could read differently, since a handler may parse the body again.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_BODY_PARSED`,
 * `ERR_INVALID_REQUEST`, and any error of the function `rawBody`
 */
export async function readRequestParameters(
  request: WebhookRequest,
): Promise<readonly Parameter[]> {
  requireRequest(request);
  if (isGetOrHead(request)) {
    await requireNoBody(request);
    return requireUnambiguous(readQueryParameters(request));
  }
  const bytes = await readRawBody(request);
  const text = typeof bytes === 'string' ? bytes : readUtf8(bytes);
  if (text === undefined) throw malformedSms('Its body is not UTF-8.');
  const read = bodyReaders[bodyTypeIn(request.headers)];
  if (read === undefined) {
    throw malformedSms('Its Content-Type is neither application/json nor a form in UTF-8.');
  }
  return requireUnambiguous(readOrRefuse(() => read(text)));
}

/**
 * Reads parameters that a framework has parsed. Cannot detect what the parser dropped, such as a repeated name.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED`, `ERR_INVALID_REQUEST`
 */
export function readParsedParameters(params: object): readonly Parameter[] {
  requireObject(params, 'The parameters of a callback', 'ERR_INVALID_REQUEST');
  if (Symbol.iterator in params && !isUrlSearchParams(params)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The parameters of a callback must be an object of named values or a URLSearchParams.',
    );
  }
  return requireUnambiguous(readOrRefuse(() => objectParameters(params)));
}

const bodyReaders: Readonly<Partial<Record<BodyType, (text: string) => Parameter[]>>> = {
  form: (text) => {
    if (isAmbiguousForm(text)) {
      throw malformedSms(
        'Its form begins with ?, or contains an unencoded ;, an unencoded = after ], or an empty parameter.',
      );
    }
    return formParametersOf(text);
  },
  json: (text) => {
    const json = readJson(text);
    if (json === undefined) throw malformedSms('Its body is not JSON.');
    const { value, repeatedName, inexactNumber } = json;
    if (repeatedName !== undefined) throw malformedSms('A parameter occurs twice.');
    if (inexactNumber !== undefined) {
      throw malformedSms('It has a number that parsers would round or format differently.');
    }
    requireObject(value, 'The body', 'ERR_INVALID_PARAMETER');
    return objectParameters(value as object);
  },
};

/**
 * Reads the parameters of an object. Refuses null values, which are allowed only in the parameters of an outgoing
 * request.
 */
function objectParameters(fields: object): Parameter[] {
  const isInherited = (name: string) => !Object.hasOwn(fields, name);
  if (!isUrlSearchParams(fields) && enumerableNames(fields).some(isInherited)) {
    throw malformedSms('A parameter is inherited from its prototype.');
  }
  const values = isUrlSearchParams(fields) ? [] : Object.values(fields);
  if (values.includes(null)) throw malformedSms('A parameter is null.');
  if (values.some((value) => typeof value === 'number' && !isExact(value))) {
    throw malformedSms('It has NaN or a number beyond 2^53 - 1, which a parser has rounded.');
  }
  return parametersOf(fields);
}

function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function readOrRefuse(read: () => Parameter[]): Parameter[] {
  try {
    return read();
  } catch (error) {
    const { code, message } = error as NexmoAuthError;
    throw code === 'ERR_INVALID_PARAMETER' ? malformedSms(message) : error;
  }
}

/**
 * Refuses parameters that the signature leaves ambiguous. The signature does not cover the order of equal names. The
 * parameters a=1 and b=2 have the same signature as one parameter `a=1&b` with the value 2.
 */
function requireUnambiguous(parameters: readonly Parameter[]): readonly Parameter[] {
  if (parameters.length > maximumParameters) throw malformedSms('It has too many parameters.');
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length) {
    throw malformedSms('A parameter occurs twice.');
  }
  if (parameters.some(([name]) => ['', '__proto__'].includes(name) || /[&=[\]]/.test(name))) {
    throw malformedSms(
      'The name of a parameter is empty or __proto__, or contains &, = or a square bracket.',
    );
  }
  if (names.has('api-key') && names.has('api_key')) {
    throw malformedSms('It names the account twice, as api-key and as api_key.');
  }
  return parameters;
}

/** A hint in errors, in case a callback of another product was verified as SMS. */
export const otherProductsHint =
  'Voice, Messages and Dispatch send nested values and a token in the Authorization header. Verify their webhooks with verify().';

export function malformedSms(reason: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The callback is not an SMS callback of the form that the platform sends. ${reason} ${otherProductsHint}`,
  );
}
