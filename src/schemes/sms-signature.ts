import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import {
  requireMethod,
  type SignatureMethod,
  signatureMethods,
} from '../credentials/signature-method';
import { requireSecret } from '../credentials/text';
import { NexmoAuthError, shownName } from '../errors';
import { isUrlSearchParams } from '../readers/brands';
import { enumerableNames } from '../readers/enumerable-names';
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
import { type Parameter, parametersOf, requireUnique } from './parameters';

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

/** Signs parameters. Does not add a timestamp. */
export function signatureOf(
  parameters: readonly Parameter[],
  secret: string,
  method: SignatureMethod,
): string {
  return methods[method](baseStringOf(parameters), secret);
}

/**
 * The base string of a signature (guide "Signing messages", steps 2 and 3). Sorts the parameters by name and replaces
 * `&` and `=` in values by `_`, but does not percent-encode.
 */
export function baseStringOf(parameters: readonly Parameter[]): string {
  return sortedByName(parameters)
    .map(([name, value]) => `&${name}=${signedValue(value)}`)
    .join('');
}

/** A value as it is signed. Values that differ only in `&`, `=` and `_` have the same signature. */
export function signedValue(value: string): string {
  return value.replace(/[&=]/g, '_');
}

/**
 * Verifies a signature in constant time. Accepts hexadecimal digits in either case (guide "Signing messages", step 4).
 */
export function isSignature(
  sig: string,
  baseString: string,
  secret: string,
  method: SignatureMethod,
): boolean {
  const actual = Buffer.from(sig.toLowerCase());
  const expected = Buffer.from(methods[method](baseString, secret));
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/**
 * Sorts parameters by the UTF-8 bytes of their names. If no name has surrogates, comparing the UTF-16 strings gives the
 * same order, and is faster.
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

/** The options of `signParams`. */
export type SignParamsOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** The signature method in the account's settings (default: `md5hash`). */
  method?: SignatureMethod | undefined;
  /** Seconds since the epoch (default: the current time). A `timestamp` among the parameters takes precedence. */
  timestamp?: number | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

/**
 * Returns a signed copy of the parameters, with `timestamp` and `sig`, for SMS and Conversion (guide "Signing
 * messages"). Leaves out undefined and null values, and replaces an existing `sig`. The parameters must contain
 * `api_key`, and must not contain `api_secret`.
 *
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER`, `ERR_INVALID_OPTION`; for the secret `ERR_INVALID_CREDENTIAL`,
 * `ERR_CONTROL_CHARACTER`
 */
export function signParams(params: object, options: SignParamsOptions): Record<string, string> {
  const copy = copyOptions(options, 'The options of signParams');
  const { secret, method = 'md5hash', timestamp, now = Date.now, ...unknown } = copy;
  refuseUnknown(unknown, 'the options of signParams');
  const time =
    mapOptional(timestamp, (value) => requireSeconds(value, 'timestamp')) ??
    secondsOf(requireClock(now));
  const parameters = { timestamp: String(time), ...withoutSig(readParameters(params)) };
  const key = requireSecret(secret, 'secret');
  const sig = signatureOf(Object.entries(parameters), key, requireMethod(method, 'method'));
  return { ...parameters, sig };
}

/** The options of `verifyParams`. */
export type VerifyParamsOptions = {
  /** The signature secret of the account. */
  secret: string;
  /** The signature method in the account's settings (default: `md5hash`). */
  method?: SignatureMethod | undefined;
  /** The maximum difference between `timestamp` and the clock, in seconds (default: 300). */
  tolerance?: number | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

/**
 * Throws unless the parameters of an inbound message or receipt are recent and signed with `secret` (guide "Signing
 * messages"). Accepts the digits of `sig` in either case. Refuses parameters that the signature does not cover (null,
 * undefined or inherited), and names with `&` or `=`, which could contain further parameters. Compares every value as
 * text: the number `0` passes for a signed `'0'`. Does not detect replays. To detect them, store each `nonce`.
 *
 * @throws NexmoAuthError `ERR_SIGNATURE_MISSING`, `ERR_SIGNATURE_INVALID`, `ERR_TIMESTAMP_OUT_OF_TOLERANCE`,
 * `ERR_INVALID_PARAMETER`, `ERR_INVALID_OPTION`; for the secret `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`
 */
export function verifyParams(params: object, options: VerifyParamsOptions): void {
  const copy = copyOptions(options, 'The options of verifyParams');
  const { secret, method = 'md5hash', tolerance = 300, now = Date.now, ...unknown } = copy;
  refuseUnknown(unknown, 'the options of verifyParams');
  requireSeconds(tolerance, 'tolerance');
  requireMethod(method, 'method');
  const key = requireSecret(secret, 'secret');
  const time = secondsOf(requireClock(now));

  const parameters = readParameters(params);
  refuseHidden(params, parameters);
  const { sig, timestamp } = parameters;
  if (sig === undefined || timestamp === undefined) {
    throw new NexmoAuthError(
      'ERR_SIGNATURE_MISSING',
      "The parameters lack sig or timestamp. Enable signatures in the account's settings.",
    );
  }
  const baseString = baseStringOf(Object.entries(withoutSig(parameters)));
  if (!isSignature(sig, baseString, key, method)) {
    const other = signatureMethods.find((each) => isSignature(sig, baseString, key, each));
    const hint =
      other === undefined
        ? 'Check the secret and the method, and that the parameters are unmodified.'
        : `The secret is right, but the method is wrong. Set method to '${other}'.`;
    throw new NexmoAuthError(
      'ERR_SIGNATURE_INVALID',
      `The signature does not match the parameters. ${hint}`,
    );
  }
  if (!/^\d+$/.test(timestamp) || Math.abs(Number(timestamp) - time) > tolerance) {
    throw new NexmoAuthError(
      'ERR_TIMESTAMP_OUT_OF_TOLERANCE',
      `The timestamp differs by more than ${tolerance} seconds from the clock, or is not a number.`,
    );
  }
}

function readParameters(params: object): Record<string, string> {
  requireObject(params, 'The parameters', 'ERR_INVALID_PARAMETER');
  const read = () => requireUnique(parametersOf(params));
  return Object.fromEntries(readOptions(params, 'The parameters', read, 'ERR_INVALID_PARAMETER'));
}

/**
 * @throws NexmoAuthError `ERR_INVALID_PARAMETER` if a parameter is unsigned, or if its name may contain further
 * parameters
 */
function refuseHidden(params: object, signed: Readonly<Record<string, string>>): void {
  const names = isUrlSearchParams(params) ? [] : enumerableNames(params);
  const unsigned = names.find((name) => !Object.hasOwn(signed, name));
  if (unsigned === undefined && !Object.keys(signed).some((name) => /[&=]/.test(name))) return;
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    unsigned === undefined
      ? 'The name of a parameter contains & or =, and could hide another parameter.'
      : `The parameter ${shownName(unsigned)} is null, undefined or inherited, so it is not signed.`,
  );
}

function withoutSig(parameters: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== 'sig'));
}
