import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import { isUrlSearchParams } from '../readers/brands';
import { readJson } from '../readers/json';
import type { BodyType } from '../readers/media-type';
import { readUtf8 } from '../readers/utf8';
import { formParametersOf, type Parameter, parametersOf } from '../schemes/parameters';
import {
  readRawBody,
  enumerableNames,
  hasEmptyParameter,
  hasNoBody,
  readQueryParameters,
  requireNoBody,
  requireRequest,
  bodyTypeIn,
  type WebhookRequest,
} from './request';

/** The platform sends some twenty. More would be sorted and signed for anyone who sends them. */
const maximumParameters = 250;

/**
 * The parameters of an SMS callback: of the query for GET, else of a form or JSON body. Refuses what two readers
 * could read differently, since a handler may read the body again.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_BODY_PARSED`,
 * `ERR_INVALID_REQUEST`, and what a function given as `rawBody` throws
 */
export async function readRequestParameters(request: WebhookRequest): Promise<readonly Parameter[]> {
  requireRequest(request);
  if (hasNoBody(request)) {
    await requireNoBody(request);
    return requireUnambiguous(readQueryParameters(request));
  }
  const bytes = await readRawBody(request);
  const text = typeof bytes === 'string' ? bytes : readUtf8(bytes);
  if (text === undefined) throw malformed('Its body is not UTF-8.');
  const read = bodyReaders[bodyTypeIn(request.headers)];
  if (read === undefined) {
    throw malformed('Its Content-Type is neither application/json nor a form in UTF-8.');
  }
  return requireUnambiguous(readOrRefuse(() => read(text)));
}

/**
 * The same for parameters that were parsed before. What a parser has lost, such as one of two values of a name, cannot
 * be seen here.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_MALFORMED`, `ERR_INVALID_REQUEST`
 */
export function readParsedParameters(params: object): readonly Parameter[] {
  requireObject(params, 'The parameters of a callback', 'ERR_INVALID_REQUEST');
  if (Symbol.iterator in params && !isUrlSearchParams(params)) {
    throw new NexmoAuthError(
      'ERR_INVALID_REQUEST',
      'The parameters of a callback must be an object of named values, or URLSearchParams.',
    );
  }
  return requireUnambiguous(readOrRefuse(() => parametersIn(params)));
}

const bodyReaders: Readonly<Partial<Record<BodyType, (text: string) => Parameter[]>>> = {
  form: (text) => {
    if (/^[?\uFEFF]|;/.test(text) || hasEmptyParameter(text)) {
      throw malformed('Its form begins with ?, or holds an unencoded ; or an empty parameter.');
    }
    return formParametersOf(text);
  },
  json: (text) => {
    const reading = readJson(text);
    if (reading === undefined) throw malformed('Its body is not JSON.');
    const { value, repeatedName, inexactNumber } = reading;
    if (repeatedName !== undefined) throw malformed('A parameter is there twice.');
    if (inexactNumber !== undefined) {
      throw malformed('It holds a number that parsers would round or write differently.');
    }
    requireObject(value, 'The body', 'ERR_INVALID_PARAMETER');
    return parametersIn(value as object);
  },
};

/** Unlike in a request that is to be sent, a parameter of null is there. */
function parametersIn(fields: object): Parameter[] {
  const isInherited = (name: string) => !Object.hasOwn(fields, name);
  if (!isUrlSearchParams(fields) && enumerableNames(fields).some(isInherited)) {
    throw malformed('A parameter is inherited from its prototype.');
  }
  const values = isUrlSearchParams(fields) ? [] : Object.values(fields);
  if (values.includes(null)) throw malformed('A parameter is null.');
  if (values.some((value) => typeof value === 'number' && !isExact(value))) {
    throw malformed('It holds a number of more than 15 digits, which a parser has rounded.');
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
    throw code === 'ERR_INVALID_PARAMETER' ? malformed(message) : error;
  }
}

/** What is signed does not tell two of a name apart, nor a name from a value behind = in a name. */
function requireUnambiguous(parameters: readonly Parameter[]): readonly Parameter[] {
  if (parameters.length > maximumParameters) throw malformed('It has too many parameters.');
  const names = new Set(parameters.map(([name]) => name));
  if (names.size < parameters.length) {
    throw malformed('A parameter is there twice.');
  }
  if (parameters.some(([name]) => /[&=[\]]/.test(name))) {
    throw malformed('The name of a parameter has &, = or a square bracket in it.');
  }
  if (names.has('api-key') && names.has('api_key')) {
    throw malformed('It names the account twice, as api-key and as api_key.');
  }
  return parameters;
}

/** What to try where a callback is not one of SMS. */
export const otherProductsHint =
  'Voice, Messages and Dispatch send nested values, and sign in the Authorization header: those are verified with verify().';

export function malformed(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The callback is not as the platform sends it for SMS. ${why} ${otherProductsHint}`,
  );
}
