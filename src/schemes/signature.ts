import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import { requireMethod, type SignatureMethod, signatureMethods } from '../credentials/fields';
import { requireSecret } from '../credentials/text';
import { NexmoAuthError } from '../errors';
import {
  type Clock,
  copyOptions,
  mapOptional,
  readOptions,
  refuseUnknown,
  requireClock,
  requireObject,
  requireSeconds,
  secondsOf,
} from '../options';
import { addToBody, bodyParameters } from './body';
import { addToQuery, type Parameter, parametersOf, queryParameters } from './parameters';
import type { AuthenticatedRequest, PlainRequest, SchemeContext } from './scheme';

type Sign = (text: string, secret: string) => string;

const hmac =
  (algorithm: string): Sign =>
  (text, secret) =>
    createHmac(algorithm, secret).update(text).digest('hex');

const methods: Record<SignatureMethod, Sign> = {
  md5hash: (text, secret) =>
    createHash('md5')
      .update(text + secret)
      .digest('hex'),
  md5: hmac('md5'),
  sha1: hmac('sha1'),
  sha256: hmac('sha256'),
  sha512: hmac('sha512'),
};

/** The signature of parameters as they are, without a timestamp of its own. */
export function signatureOf(
  parameters: readonly Parameter[],
  secret: string,
  method: SignatureMethod,
): string {
  return methods[method](baseStringOf(parameters), secret);
}

/**
 * What is signed of parameters (guide "Signing messages", steps 2 and 3): sorted by name, `&` and `=`
 * in values as `_`, not percent-encoded.
 */
export function baseStringOf(parameters: readonly Parameter[]): string {
  return sortedByName(parameters)
    .map(([name, value]) => `&${name}=${value.replace(/[&=]/g, '_')}`)
    .join('');
}

/**
 * Whether it is the signature of what is signed (guide "Signing messages", step 4): in constant time,
 * and with its digits in capitals or not.
 */
export function isSignature(
  sig: string,
  baseString: string,
  secret: string,
  method: SignatureMethod,
): boolean {
  const given = Buffer.from(sig.toLowerCase());
  const expected = Buffer.from(methods[method](baseString, secret));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/**
 * In the order of the UTF-8 bytes of their names, which is that of the UTF-16 units but for astral
 * characters. Each name is encoded once, as a long one is compared many times.
 */
function sortedByName(parameters: readonly Parameter[]): readonly Parameter[] {
  if (!parameters.some(([name]) => /[\uD800-\uDFFF]/.test(name))) {
    return parameters.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
  }
  return parameters
    .map((parameter) => ({ parameter, bytes: Buffer.from(parameter[0]) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ parameter }) => parameter);
}

/**
 * `api_key`, `timestamp` and `sig` in place of `api_secret` (guide "Signing messages"): in the body
 * where there is one, else in the query. All parameters are signed, those of query and body.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` for a value that is no single text, or a name that
 * is there twice; `ERR_INVALID_REQUEST` for a body that is neither form nor JSON object
 */
export function signature(
  request: PlainRequest,
  credentials: Credentials,
  { now }: SchemeContext,
): AuthenticatedRequest {
  const body = bodyParameters(request);
  const parameters = [...queryParameters(request), ...body];
  const isStamped = parameters.some(([name]) => name === 'timestamp');
  const added = {
    api_key: String(credentials.apiKey),
    ...(!isStamped && { timestamp: String(now()) }),
  };
  const all = requireSingle([...parameters, ...Object.entries(added)]);
  const sig = signatureOf(all, credentials.reveal('signatureSecret'), credentials.signatureMethod);
  const add = body.length > 0 ? addToBody : addToQuery;
  return { request: add(request, { ...added, sig }), secrets: [sig] };
}

export type SignParamsOptions = {
  secret: string;
  /** How it is signed, as in the account's settings; `md5hash` by default. */
  method?: SignatureMethod | undefined;
  /** Seconds since the epoch, the clock's by default. A `timestamp` among the parameters stands. */
  timestamp?: number | undefined;
  now?: Clock | undefined;
};

/**
 * New parameters with `timestamp` and `sig`, for SMS and Conversion (guide "Signing messages").
 * Values are sent as they are; undefined and null are left out, and a `sig` is replaced. `api_key`
 * is yours to give; `api_secret` must not be sent.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER`, `ERR_INVALID_OPTION`; for the secret
 * `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function signParams(params: object, options: SignParamsOptions): Record<string, string> {
  const copy = copyOptions(options, 'The options of signParams');
  const { secret, method = 'md5hash', timestamp, now = Date.now, ...unknown } = copy;
  refuseUnknown(unknown, 'the options of signParams');
  const time =
    mapOptional(timestamp, (value) => requireSeconds(value, 'timestamp')) ??
    secondsOf(requireClock(now));
  const parameters = { timestamp: String(time), ...withoutSig(named(params)) };
  const key = requireSecret(secret, 'secret');
  const sig = signatureOf(Object.entries(parameters), key, requireMethod(method, 'method'));
  return { ...parameters, sig };
}

export type VerifyParamsOptions = {
  secret: string;
  /** How it is signed, as in the account's settings; `md5hash` by default. */
  method?: SignatureMethod | undefined;
  /** Seconds by which `timestamp` may differ from the clock, either way; 300 by default. */
  tolerance?: number | undefined;
  now?: Clock | undefined;
};

/**
 * Returns when the parameters of an inbound message or receipt were signed with this secret, and
 * lately; else throws (guide "Signing messages"). The digits of `sig` may be in capitals. Does not
 * check whether the parameters came before: keep their `nonce` for that.
 *
 * @throws NexmoAuthError `ERR_SIGNATURE_MISSING`, `ERR_SIGNATURE_INVALID`,
 * `ERR_TIMESTAMP_OUT_OF_TOLERANCE`, `ERR_INVALID_PARAMETER`, `ERR_INVALID_OPTION`; for the secret
 * `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function verifyParams(params: object, options: VerifyParamsOptions): void {
  const copy = copyOptions(options, 'The options of verifyParams');
  const { secret, method = 'md5hash', tolerance = 300, now = Date.now, ...unknown } = copy;
  refuseUnknown(unknown, 'the options of verifyParams');
  requireSeconds(tolerance, 'tolerance');
  requireMethod(method, 'method');
  const key = requireSecret(secret, 'secret');
  const time = secondsOf(requireClock(now));

  const parameters = named(params);
  const { sig, timestamp } = parameters;
  if (sig === undefined || timestamp === undefined) {
    throw new NexmoAuthError(
      'ERR_SIGNATURE_MISSING',
      'The parameters lack sig or timestamp. Are signatures switched on for the account?',
    );
  }
  const baseString = baseStringOf(Object.entries(withoutSig(parameters)));
  if (!isSignature(sig, baseString, key, method)) {
    const other = signatureMethods.find((each) => isSignature(sig, baseString, key, each));
    const hint =
      other === undefined
        ? 'Check secret and method, and that they are as they arrived.'
        : `The secret is right, but the method is not: set it to '${other}'.`;
    throw new NexmoAuthError(
      'ERR_SIGNATURE_INVALID',
      `The signature is not that of these parameters. ${hint}`,
    );
  }
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - time) > tolerance) {
    throw new NexmoAuthError(
      'ERR_TIMESTAMP_OUT_OF_TOLERANCE',
      `The timestamp is more than ${tolerance} seconds from the clock, or no time.`,
    );
  }
}

function named(params: object): Record<string, string> {
  requireObject(params, 'The parameters', 'ERR_INVALID_PARAMETER');
  const read = () => requireSingle(parametersOf(params));
  return Object.fromEntries(readOptions(params, 'The parameters', read, 'ERR_INVALID_PARAMETER'));
}

function withoutSig(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'sig'));
}

function requireSingle(parameters: readonly Parameter[]): readonly Parameter[] {
  const names = new Set<string>();
  const twice = parameters.find(([name]) => names.size === names.add(name).size);
  if (twice === undefined) return parameters;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `The parameter ${twice[0]} is there twice, and the guide does not say how to sign that.`,
  );
}
