import { types } from 'node:util';

/**
 * For each key format: the tags (in hexadecimal) of the elements directly inside the outer SEQUENCE, and the PEM label.
 */
const formats: readonly (readonly [tags: RegExp, label: string])[] = [
  [/^023004/, 'PRIVATE KEY'], // RFC 5958, section 2
  [/^(02){9}$/, 'RSA PRIVATE KEY'], // RFC 8017, section A.1.2
  [/^0204/, 'EC PRIVATE KEY'], // RFC 5915, section 3
  [/^3004$/, 'ENCRYPTED PRIVATE KEY'], // RFC 5958, section 3
  [/^3003$/, 'PUBLIC KEY'], // RFC 5280, section 4.1
  [/^0202$/, 'RSA PUBLIC KEY'], // RFC 8017, section A.1.1
  [/^303003$/, 'CERTIFICATE'], // RFC 5280, section 4.1
  [/^0230(30)?$/, 'PKCS12'], // RFC 7292, section 4
];

/** The maximum number of elements to read. Every format has fewer elements. */
const maximumElements = 12;

/**
 * The PEM label (RFC 7468) of a key or certificate in DER. Undefined for other bytes and for truncated DER. Does not
 * check the content of the elements.
 */
export function pemLabelOf(bytes: Uint8Array): string | undefined {
  const [outer, ...others] = childrenOf(bytes);
  const tags = others.length === 0 ? tagsOf(childrenOf(outer)) : '';
  return formats.find(([pattern]) => pattern.test(tags))?.[1];
}

/** Object identifiers, in hexadecimal. */
const pbes2 = '2a864886f70d01050d'; // RFC 8018, section A.4
const scrypt = '2b06010401da47040b'; // RFC 7914, section 7

/** HMAC with SHA-1, SHA-224, SHA-256, SHA-384 and SHA-512 (RFC 8018, section B.1). */
const pseudorandomFunctions = ['07', '08', '09', '0a', '0b'].map((end) => `2a864886f70d02${end}`);

/**
 * The cost of deriving the encryption key of an encrypted private key (RFC 5958, section 3) from a passphrase: the
 * iterations of PBKDF2 (RFC 8018, section A.2) or PBES1 (section A.3), or the product of the parameters of scrypt.
 * Infinity for other bytes, for PBKDF2 with another hash function than SHA-1 and SHA-2 (some take many times as long),
 * and for BER with a length in the indefinite form: from such BER, OpenSSL could read other numbers than this function.
 */
export function derivationCost(bytes: Uint8Array): number {
  const [algorithm] = childrenOf(childrenOf(bytes)[0]);
  const [scheme, parameters] = childrenOf(algorithm);
  const derivation = isOid(scheme, pbes2) ? childrenOf(parameters)[0] : algorithm;
  const [kind, values] = childrenOf(derivation);
  const [salt, ...settings] = childrenOf(values);
  if (salt?.tag !== 0x04 || !settings.every(isNumberOrFunction)) return Infinity;
  const [iterations, ...others] = settings.map(integerOf);
  const factors = isOid(kind, scrypt) ? [iterations, others[0], others[1]] : [iterations];
  return factors.reduce<number>((product, factor = Infinity) => product * factor, 1);
}

/** Whether a parameter of PBKDF2 or scrypt is a number, or a pseudorandom function whose cost is known. */
function isNumberOrFunction(parameter: Element): boolean {
  const [identifier] = childrenOf(parameter);
  return parameter.tag === 0x02 || pseudorandomFunctions.some((hex) => isOid(identifier, hex));
}

/** Object identifiers of key algorithms (RFC 8017, RFC 5480, RFC 8410, RFC 3279), in hexadecimal. */
const algorithms: Readonly<Record<string, string>> = {
  '2a864886f70d010101': 'rsa',
  '2a864886f70d01010a': 'rsa-pss',
  '2a8648ce3d0201': 'ec',
  '2a8648ce380401': 'dsa',
  '2b656e': 'x25519',
  '2b656f': 'x448',
  '2b6570': 'ed25519',
  '2b6571': 'ed448',
};

/**
 * The type of a private key: its algorithm, or `encrypted` (RFC 5958, section 3). Undefined for other bytes, and for an
 * RSA key with more than two primes. Does not use OpenSSL, because OpenSSL computes with the numbers of a key while it
 * reads the key, which can take minutes.
 */
export function privateKeyTypeOf(bytes: Uint8Array): string | undefined {
  const elements = childrenOf(childrenOf(bytes)[0]);
  const tags = tagsOf(elements);
  if (tags === '3004') return 'encrypted';
  if (isRsaPrivateKey(elements)) return 'rsa';
  if (tags.startsWith('0204')) return 'ec'; // RFC 5915, section 3
  if (/^(02){6}$/.test(tags)) return 'dsa'; // OpenSSL's own format
  if (!tags.startsWith('023004')) return undefined;
  const [, algorithm, key] = elements;
  const [identifier] = childrenOf(algorithm);
  const type = Object.entries(algorithms).find(([hex]) => isOid(identifier, hex))?.[1];
  const isReadable = type !== 'rsa' || isRsaPrivateKey(childrenOf(childrenOf(key?.content)[0]));
  return isReadable ? (type ?? 'unknown') : undefined;
}

/** Whether elements are those of an RSA key with two primes (RFC 8017, section A.1.2). */
function isRsaPrivateKey(elements: readonly Element[]): boolean {
  const isVersionZero = Buffer.from(elements[0]?.content ?? []).equals(Buffer.of(0));
  return isVersionZero && elements.length === 9 && elements.every(({ tag }) => tag === 0x02);
}

/** The lengths in bytes of the elements directly inside the outer SEQUENCE. */
export function elementLengths(bytes: Uint8Array): number[] {
  return childrenOf(childrenOf(bytes)[0]).map(({ content }) => content.length);
}

type Element = { tag: number; content: Uint8Array };

/** The tags in hexadecimal, one after the other. */
function tagsOf(elements: readonly Element[]): string {
  return elements.map(({ tag }) => tag.toString(16).padStart(2, '0')).join('');
}

function isOid(element: Element | undefined, hex: string): boolean {
  return element?.tag === 0x06 && Buffer.from(element.content).toString('hex') === hex;
}

/** A positive integer. Infinity for any other element. */
function integerOf({ tag, content }: Element): number {
  const value = Number(`0x0${Buffer.from(content).toString('hex')}`);
  return tag === 0x02 && value > 0 ? value : Infinity;
}

/** The elements in bytes, or in a SEQUENCE. Empty if an element cannot be read, or if there are too many elements. */
function childrenOf(parent: Uint8Array | Element | undefined): Element[] {
  if (parent === undefined) return [];
  if (!types.isUint8Array(parent)) return parent.tag === 0x30 ? childrenOf(parent.content) : [];
  const children: Element[] = [];
  for (let position = 0; position < parent.length;) {
    const element = elementAt(parent, position);
    if (element === undefined || children.length === maximumElements) return [];
    const { tag, start, end } = element;
    children.push({ tag, content: parent.subarray(start, end) });
    position = end;
  }
  return children;
}

/** Reads the element at a position. Its length must have the definite form (ITU-T X.690, section 8.1.3). */
function elementAt(
  bytes: Uint8Array,
  position: number,
): { tag: number; start: number; end: number } | undefined {
  const [tag, first, ...octets] = bytes.subarray(position, position + 6);
  if (tag === undefined || first === undefined || first === 0x80) return undefined;
  const count = first < 0x80 ? 0 : first - 0x80;
  if (count > octets.length) return undefined;
  const length = octets.slice(0, count).reduce((sum, octet) => sum * 256 + octet, 0);
  const start = position + 2 + count;
  const end = start + (count === 0 ? first : length);
  return end <= bytes.length ? { tag, start, end } : undefined;
}
