import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';

type Refusal = readonly [pattern: RegExp, code: NexmoAuthErrorCode, message: string];

const isPublic =
  'privateKey holds a public key or certificate. Give the private key that was saved when the application was made.';
const isOpenSsh =
  'privateKey is in the format of OpenSSH. Convert a copy of the file: ssh-keygen -p -m PEM -f FILE.';
const isPkcs12 =
  'privateKey is a PKCS#12 file. Take the key out: openssl pkcs12 -in FILE -nocerts -nodes -out private.key.';

/** PEM that is no private key of ours, by its label. */
const labels: readonly Refusal[] = [
  [/^OPENSSH PRIVATE KEY$/, 'ERR_KEY_INVALID', isOpenSsh],
  [/PUBLIC KEY$|CERTIFICATE$/, 'ERR_KEY_IS_PUBLIC', isPublic],
  [/^PKCS12$/, 'ERR_KEY_INVALID', isPkcs12],
  [
    /REQUEST$/,
    'ERR_KEY_INVALID',
    'privateKey holds a certificate request. Give the private key that it was made with.',
  ],
  [/^PGP/, 'ERR_KEY_INVALID', 'privateKey is a PGP key. Give the RSA key of the application.'],
];

const otherPem = [
  /^/,
  'ERR_KEY_INVALID',
  'privateKey is PEM, but holds neither a private key nor a public one.',
] as const satisfies Refusal;

/** Text that is no PEM. */
const texts: readonly Refusal[] = [
  [/^(ssh|ecdsa|sk)-\S+ AAAA|^---- BEGIN SSH2/, 'ERR_KEY_IS_PUBLIC', isPublic],
  [
    /^PuTTY-User-Key-File/,
    'ERR_KEY_INVALID',
    'privateKey is in the format of PuTTY. Convert it: puttygen FILE -O private-openssh -o private.key.',
  ],
  [
    /^\{[^]*"kty"/,
    'ERR_KEY_INVALID',
    "privateKey is a JWK. Make a KeyObject of it: createPrivateKey({ key: JSON.parse(text), format: 'jwk' }).",
  ],
  [/^\{/, 'ERR_KEY_INVALID', 'privateKey is JSON. Give the field of it that holds the key.'],
  [
    /-----BEGIN|-----END/,
    'ERR_KEY_INVALID',
    'privateKey is PEM without a BEGIN line and an END line that match: it seems to be cut off.',
  ],
  [
    /^(MII[\w+/]|LS0tLS1)[\w+/=\s-]*$/,
    'ERR_KEY_INVALID',
    'privateKey is base64 of a key, but damaged or cut off.',
  ],
];

export function isPrivateLabel(label: string): boolean {
  return /^((RSA|EC|DSA|ENCRYPTED|ANY) )?PRIVATE KEY$/.test(label);
}

/** The error for PEM that holds something else than a private key. */
export function errorForLabel(label: string): NexmoAuthError {
  const [, code, message] = labels.find(([pattern]) => pattern.test(label)) ?? otherPem;
  return new NexmoAuthError(code, message);
}

/** The error for text that is neither PEM nor a path. */
export function errorForText(text: string): NexmoAuthError | undefined {
  const refusal = texts.find(([pattern]) => pattern.test(text));
  return refusal && new NexmoAuthError(refusal[1], refusal[2]);
}
