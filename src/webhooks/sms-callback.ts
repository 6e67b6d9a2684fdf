import type { SignatureMethod } from '../credentials/fields';
import { NexmoAuthError } from '../errors';
import { requireObject } from '../options';
import { formParametersOf, type Parameter, parametersOf } from '../schemes/parameters';
import { baseStringOf, isSignature } from '../schemes/signature';
import {
  bytesOf,
  hasNoBody,
  headerOf,
  queryParametersOf,
  requireRequest,
  type WebhookRequest,
} from './request';

/** An inbound message or a delivery receipt, its parameters not to be trusted yet. */
export type SmsCallback = {
  params: Record<string, string>;
  apiKey: string | undefined;
  /** Seconds since the epoch. */
  timestamp: number;
  /** In small letters. */
  sig: string;
  /** Whether the platform signed it with this secret (guide "Signing messages"). */
  isSignedWith: (secret: string, method: SignatureMethod) => boolean;
};

/** The platform sends some twenty. More would be sorted and signed for whoever sends them. */
const maximumParameters = 250;

/**
 * The parameters of a callback: of the query for GET, else of a form or JSON body.
 *
 * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`,
 * `ERR_WEBHOOK_BODY_PARSED`, and what a function given as `rawBody` throws
 */
export async function readSmsCallback(callback: WebhookRequest | object): Promise<SmsCallback> {
  const parameters = requireUnambiguous(await parametersIn(callback));
  const params = Object.fromEntries(parameters);
  const { sig, timestamp } = params;
  if (sig === undefined) {
    throw new NexmoAuthError(
      'ERR_WEBHOOK_UNSIGNED',
      `The callback has no sig. Are signatures switched on for the account? Answer 503, and the platform sends it again. ${otherDoor}`,
    );
  }
  if (!/^\d{1,12}$/.test(timestamp ?? '')) throw malformed('Its timestamp is missing, or no time.');
  const baseString = baseStringOf(parameters.filter(([name]) => name !== 'sig'));
  return {
    params,
    apiKey: params['api-key'] ?? params['api_key'],
    timestamp: Number(timestamp),
    sig: sig.toLowerCase(),
    isSignedWith: (secret, method) => isSignature(sig, baseString, secret, method),
  };
}

async function parametersIn(callback: WebhookRequest | object): Promise<readonly Parameter[]> {
  if (!isRequest(callback)) return read(() => parametersOf(callback));
  requireRequest(callback);
  if (hasNoBody(callback)) return queryParametersOf(callback);
  const bytes = await bytesOf(callback);
  const text = typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes);
  const type = String(headerOf(callback.headers, 'content-type'));
  return read(() => (/json/i.test(type) ? jsonParametersOf(text) : formParametersOf(text)));
}

function isRequest(callback: object): callback is WebhookRequest {
  requireObject(callback, 'A callback', 'ERR_INVALID_REQUEST');
  return typeof (callback as Partial<WebhookRequest>).headers === 'object';
}

function read(parameters: () => Parameter[]): Parameter[] {
  try {
    return parameters();
  } catch (error) {
    throw malformed(error instanceof NexmoAuthError ? error.message : 'Its body is not JSON.');
  }
}

function jsonParametersOf(text: string): Parameter[] {
  const fields: unknown = JSON.parse(text);
  requireObject(fields, 'The body', 'ERR_INVALID_PARAMETER');
  return parametersOf(fields as object);
}

/** What is signed does not tell two of a name apart, nor a name from a value behind = in a name. */
function requireUnambiguous(parameters: readonly Parameter[]): readonly Parameter[] {
  if (parameters.length > maximumParameters) throw malformed('It has too many parameters.');
  if (new Set(parameters.map(([name]) => name)).size < parameters.length) {
    throw malformed('A parameter is there twice.');
  }
  if (parameters.some(([name]) => /[&=]/.test(name))) {
    throw malformed('The name of a parameter has a & or = in it.');
  }
  return parameters;
}

const otherDoor =
  'Voice, Messages and Dispatch send nested values, and sign in the Authorization header: those are verified with verify().';

function malformed(why: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_WEBHOOK_MALFORMED',
    `The callback is not as the platform sends it for SMS. ${why} ${otherDoor}`,
  );
}
