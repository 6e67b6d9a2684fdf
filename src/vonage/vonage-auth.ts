import { Credentials } from '../credentials/credentials';
import { copyHint, kindOf, NexmoAuthError } from '../errors';
import type { CredentialOptions } from '../injector/attempt';
import { attemptAt, attemptsOf, AuthInjector, type AuthSource } from '../injector/injector';
import { copyOptions, readOptions, refuseUnknown, requireObject } from '../options';
import { isIterable } from '../readers/brands';
import type { PlainRequest, Scheme } from '../schemes/scheme';
import { withReadableFields } from './readable-fields';

/** With an `AuthInjector`, only `signature` is allowed. Pass the other options to the injector. */
export type VonageAuthOptions = Omit<CredentialOptions, 'nonce'> & {
  /**
   * Whether the object has a field `signature` with the signature secret and method (default: `false`). With this
   * field, the Messages client of `@vonage/server-sdk` authenticates with key and secret instead of a token.
   */
  signature?: boolean | undefined;
};

/** Parameters with key and secret: `AuthQueryParams` of `@vonage/auth`. */
export type VonageQueryParams = {
  /** The API key. */
  api_key: string;
  /** The API secret. */
  api_secret: string;
};

/** Signed parameters: `AuthSignedParams` of `@vonage/auth`. */
export type VonageSignedParams = {
  /** The API key. */
  api_key: string;
  /** When the parameters were signed, in seconds since the epoch. */
  timestamp: string;
  /** The signature. */
  sig: string;
};

/** Signature secret and method: `SignedHashParams` of `@vonage/auth`. */
export type VonageSignature = {
  /** The signature secret. */
  readonly secret: string;
  /**
   * A value of `AlgorithmTypes` of `@vonage/auth`, such as `'MD5HASH'`. The type is `never`, since no other type is
   * assignable to that enum without an import of the enum.
   */
  readonly algorithm: never;
};

/** Credentials in the form that the official `@vonage/*` clients accept: `AuthInterface` of `@vonage/auth`. */
export type VonageAuth = {
  /** The API key. */
  readonly apiKey?: string;
  /** The API secret. Logs, spreads and serialisations do not show it. */
  readonly apiSecret?: string;
  /** The ID of the application. */
  readonly applicationId?: string;
  /** PEM text. With an external signer, a `Buffer` whose `toString` throws. */
  readonly privateKey?: string | Buffer;
  /** Only with the option `signature`. */
  readonly signature?: VonageSignature;
  /** Adds the key and the secret to parameters. */
  readonly getQueryParams: <T>(params?: T) => Promise<VonageQueryParams & T>;
  /** Signs parameters with the signature secret. */
  readonly createSignatureHash: <T>(params: T) => Promise<VonageSignedParams & T>;
  /** The value of an Authorization header with key and secret. */
  readonly createBasicHeader: () => Promise<string>;
  /** The value of an Authorization header with a token. */
  readonly createBearerHeader: () => Promise<string>;
};

/**
 * Tokens are dated by the clock for the host of this URL: a clock that was learned from the host's responses, or the
 * local clock. No request is sent to this URL.
 */
const url = new URL('https://api.nexmo.com/');

/** Parameters that `getQueryParams` replaces. */
const replacedByQuery = ['api_key', 'api_secret'];

/** Parameters that `createSignatureHash` replaces. */
const replacedBySignature = ['api_key', 'sig'];

/**
 * Returns credentials for the official clients: `new Vonage(vonageAuth(credentials))`, `new Voice(…)`, `new SMS(…)` and
 * the other clients of `@vonage/*`. Takes `Credentials`, a provider or an `AuthInjector`. With an `AuthInjector`,
 * shares its tokens, its provider and the clocks that it has learned from responses of the platform. The options
 * `products`, `schemes` and `prefer` of the injector have no effect, since each client chooses its own URLs and its own
 * way to authenticate. Tokens are reused until shortly before they expire. SMS parameters are signed as the guide
 * "Signing messages" says.
 *
 * The official clients do not report refusals, so no request is sent again with other credentials.
 *
 * A spread or a copy of the result has the methods. It also has `apiKey` and `applicationId`, unless they come from a
 * provider. It never has `apiSecret` or `privateKey`, which can only be read by name. Before the provider has returned
 * credentials, reading a field throws `ERR_CREDENTIALS_PENDING`.
 *
 * @throws NexmoAuthError `ERR_INVALID_OPTION`, and what the constructor of {@link AuthInjector} throws for these
 * options. The methods of the result reject with `ERR_INVALID_OPTION` for options that they do not take, with
 * `ERR_INVALID_PARAMETER`, and with what {@link AuthInjector.inject} throws
 */
export function vonageAuth(source: AuthSource, options: VonageAuthOptions = {}): VonageAuth {
  const { signature = false, ...others } = copyOptions(options, 'The options of vonageAuth');
  if (typeof signature !== 'boolean') {
    throw new NexmoAuthError(
      'ERR_INVALID_OPTION',
      'signature must be true or false. The secret and the method come from the credentials.',
    );
  }
  const auth = toInjector(source, others);
  return withReadableFields(methodsOf(auth), attemptsOf(auth), signature);
}

function toInjector(
  source: AuthSource,
  { jwt, signer, cache, provider, now, ...unknown }: Omit<VonageAuthOptions, 'signature'>,
): AuthInjector {
  refuseUnknown(unknown, 'the options of vonageAuth');
  const options = { jwt, signer, cache, provider, now };
  if (source instanceof AuthInjector) {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const hint = ' Pass it to the AuthInjector.';
    refuseUnknown(Object.fromEntries(given), 'the options of vonageAuth for an AuthInjector', hint);
    return source;
  }
  if (source instanceof Credentials || typeof source === 'function') {
    return new AuthInjector(source, options);
  }
  const hint = copyHint(source, 'Credentials', 'AuthInjector');
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `vonageAuth takes Credentials, a provider or an AuthInjector, not ${kindOf(source)}.${hint || ' Write vonageAuth(new Credentials({ ... })).'}`,
  );
}

/** Returns methods that do not use `this`, since the clients and their users copy the methods. */
function methodsOf(auth: AuthInjector) {
  const authenticate = async (scheme: Scheme, params: object = {}): Promise<PlainRequest> => {
    const product = { name: 'official-sdks', urls: [url.href], schemes: [scheme] as const };
    return (await attemptAt(auth, { url, product }, { url: url.href, params })).request;
  };
  const header = async (scheme: Scheme) =>
    String((await authenticate(scheme)).headers['Authorization']);
  return {
    getQueryParams: async <T>(params?: T) => {
      const own = copyParams(params ?? {}, 'getQueryParams');
      const others = Object.entries(own).filter(([name]) => !replacedByQuery.includes(name));
      const { params: all } = await authenticate('query', Object.fromEntries(others));
      return { ...own, ...all } as VonageQueryParams & T;
    },
    createSignatureHash: async <T>(params: T) => {
      const own = Object.entries(copyParams(params, 'createSignatureHash')).filter(
        ([name, value]) => value != null && !replacedBySignature.includes(name),
      );
      const signed = await authenticate('signature', Object.fromEntries(own));
      return { ...signed.params } as VonageSignedParams & T;
    },
    createBasicHeader: async (options?: unknown) => {
      refuseOptions(options, 'createBasicHeader');
      return header('basic');
    },
    createBearerHeader: async (options?: unknown) => {
      refuseOptions(options, 'createBearerHeader');
      return header('bearer');
    },
  };
}

function copyParams(params: unknown, method: string): object {
  const what = `The parameters of ${method}`;
  requireObject(params, what, 'ERR_INVALID_PARAMETER');
  if (!isIterable(params)) {
    return readOptions(params as object, what, (own) => ({ ...own }), 'ERR_INVALID_PARAMETER');
  }
  throw new NexmoAuthError(
    'ERR_INVALID_PARAMETER',
    `${what} must be a plain object of named values.`,
  );
}

/**
 * Refuses an object of options, since the options would be ignored. Accepts any other argument, since callers may pass
 * the method to `map`.
 */
function refuseOptions(options: unknown, method: string): void {
  if (typeof options !== 'object' || options === null) return;
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    `${method} takes no options. Set claims and lifetime of a token with the jwt option of vonageAuth.`,
  );
}
