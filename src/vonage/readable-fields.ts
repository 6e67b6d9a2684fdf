import type { KeyObject } from 'node:crypto';
import type { Credentials } from '../credentials/credentials';
import type { SignatureMethod } from '../credentials/signature-method';
import { NexmoAuthError } from '../errors';
import type { Attempts } from '../injector/attempt';

/** The names of the signature methods in `AlgorithmTypes` of `@vonage/auth`. */
const algorithms: Record<SignatureMethod, string> = {
  md5hash: 'MD5HASH',
  md5: 'MD5HMAC',
  sha1: 'SHA1HMAC',
  sha256: 'SHA256HMAC',
  sha512: 'SHA512HMAC',
};

type Read = (credentials: Credentials, hasSigner: boolean) => unknown;

/** The fields of `AuthParams` of `@vonage/auth`. The official clients read these fields synchronously. */
const fields = {
  apiKey: ({ apiKey }) => apiKey,
  applicationId: ({ applicationId }) => applicationId,
  apiSecret: (credentials) =>
    credentials.has('key-secret') ? credentials.reveal('apiSecret') : undefined,
  privateKey: (credentials, hasSigner) => {
    if (credentials.has('application')) return pemOf(credentials.reveal('privateKey'));
    return hasSigner && credentials.has('application-id') ? keyPlaceholder() : undefined;
  },
  signature: (credentials) => ({
    secret: credentials.reveal('signatureSecret'),
    algorithm: algorithms[credentials.signatureMethod],
  }),
} satisfies Record<string, Read>;

/** The fields that a spread or a log may show. */
const identifiers = ['apiKey', 'applicationId'] as const;

/**
 * Adds the fields of the credentials to an object. Secrets can be read by name, but are not own properties. So nothing
 * that lists properties shows the secrets: no log, spread or serialisation, not even `util.inspect` with `showHidden`
 * and `getters`. The result is a proxy, since `util.inspect` and `structuredClone` never call the traps of a proxy.
 *
 * `apiKey` and `applicationId` are own properties only if the credentials are fixed, since a provider may change the
 * values.
 */
export function withReadableFields<Visible extends object>(
  visible: Visible,
  attempts: Attempts,
  hasSignature: boolean,
): Visible {
  const { signature, ...others } = fields;
  const readable: Record<PropertyKey, Read> = { ...others, ...(hasSignature && { signature }) };
  const read = (name: string | symbol): unknown => {
    const credentials = attempts.credentialsNow();
    if (credentials === undefined) throw pending(String(name));
    return readable[name]?.(credentials, attempts.hasSigner);
  };
  for (const name of attempts.hasFixedCredentials ? identifiers : []) {
    const value = read(name);
    if (value !== undefined) Object.assign(visible, { [name]: value });
  }
  return new Proxy(visible, {
    get: (target, name, receiver) =>
      Object.hasOwn(readable, name) && !Object.hasOwn(target, name)
        ? read(name)
        : (Reflect.get(target, name, receiver) as unknown),
  });
}

/** PEM texts by key. An export takes 0.1 ms, and the Messages client reads the key for every message. */
const pemTexts = new WeakMap<KeyObject, string>();

function pemOf(key: KeyObject): string {
  const pem = pemTexts.get(key) ?? key.export({ type: 'pkcs8', format: 'pem' }).toString();
  pemTexts.set(key, pem);
  return pem;
}

/**
 * A placeholder for a private key that only an external signer has. Without a private key, the Messages client would
 * not send a token. The Video client would convert the placeholder to text for its client tokens, so `toString` throws.
 */
function keyPlaceholder(): Buffer {
  return Object.defineProperty(Buffer.alloc(0), 'toString', {
    value: () => {
      throw new NexmoAuthError(
        'ERR_MISSING_CREDENTIAL',
        'The private key cannot be read, since an external signer has it. For a client token of the Video API, use generateVideoTokenAsync of a JwtGenerator with this signer.',
      );
    },
  });
}

function pending(name: string): NexmoAuthError {
  return new NexmoAuthError(
    'ERR_CREDENTIALS_PENDING',
    `${name} cannot be read now, since the provider has not returned credentials yet, or they have expired. Await a method such as createBearerHeader() before the request, or pass Credentials to vonageAuth.`,
  );
}
