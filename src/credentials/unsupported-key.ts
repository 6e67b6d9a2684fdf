import { NexmoAuthError, type NexmoAuthErrorCode } from '../errors';

type UnsupportedFormat = readonly [pattern: RegExp, code: NexmoAuthErrorCode, message: string];

const publicKeyMessage =
  'privateKey is a public key or certificate. Use the private key that was saved when the application was created.';
const openSshMessage =
  'privateKey is in OpenSSH format. Convert a copy of the file: ssh-keygen -p -m PEM -f FILE.';
const pkcs12Message =
  'privateKey is a PKCS#12 file. Extract the key: openssl pkcs12 -in FILE -nocerts -nodes -out private.key.';

/** Kinds of PEM that are not a supported private key, recognised by their label. */
const pemFormats: readonly UnsupportedFormat[] = [
  [/^OPENSSH PRIVATE KEY$/, 'ERR_KEY_INVALID', openSshMessage],
  [/PUBLIC KEY$|CERTIFICATE$/, 'ERR_KEY_IS_PUBLIC', publicKeyMessage],
  [/^PKCS12$/, 'ERR_KEY_INVALID', pkcs12Message],
  [
    /REQUEST$/,
    'ERR_KEY_INVALID',
    'privateKey is a certificate request. Use the private key that signed it.',
  ],
  [/^PGP/, 'ERR_KEY_INVALID', 'privateKey is a PGP key. Use the RSA key of the application.'],
];

const otherPem = [
  /^/,
  'ERR_KEY_INVALID',
  'privateKey is PEM, but contains neither a private key nor a public key. Use the private key of the application.',
] as const satisfies UnsupportedFormat;

/** Other formats, recognised by their text. */
const textFormats: readonly UnsupportedFormat[] = [
  [/^(ssh|ecdsa|sk)-\S+ AAAA|^---- BEGIN SSH2/, 'ERR_KEY_IS_PUBLIC', publicKeyMessage],
  [
    /^PuTTY-User-Key-File/,
    'ERR_KEY_INVALID',
    'privateKey is in PuTTY format. Convert it: puttygen FILE -O private-openssh -o private.key.',
  ],
  [
    /^\{[^]*"kty"/,
    'ERR_KEY_INVALID',
    "privateKey is a JWK. Convert it to a KeyObject: createPrivateKey({ key: JSON.parse(text), format: 'jwk' }).",
  ],
  [/^\{/, 'ERR_KEY_INVALID', 'privateKey is JSON. Use its field that contains the key.'],
  [
    /-----BEGIN|-----END/,
    'ERR_KEY_INVALID',
    'privateKey is PEM without matching BEGIN and END lines. It seems to be cut off. Copy the whole key again.',
  ],
  [
    /^(MII[\w+/]|LS0tLS1)[\w+/=\s-]*$/,
    'ERR_KEY_INVALID',
    'privateKey is a base64 key that is damaged or cut off. Copy the whole key again.',
  ],
];

export function isPrivateLabel(label: string): boolean {
  return /^((RSA|EC|DSA|ENCRYPTED|ANY) )?PRIVATE KEY$/.test(label);
}

/** The error for PEM that does not contain a private key. */
export function errorForLabel(label: string): NexmoAuthError {
  const [, code, message] = pemFormats.find(([pattern]) => pattern.test(label)) ?? otherPem;
  return new NexmoAuthError(code, message);
}

/** The error for text in one of `textFormats`. Undefined for other text, such as a path. */
export function errorForText(text: string): NexmoAuthError | undefined {
  const format = textFormats.find(([pattern]) => pattern.test(text));
  return format && new NexmoAuthError(format[1], format[2]);
}
