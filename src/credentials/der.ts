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
  const outer = elementAt(bytes, 0);
  if (outer?.tag !== 0x30 || outer.end !== bytes.length) return undefined;
  let tags = '';
  let position = outer.start;
  while (position < outer.end) {
    const element = elementAt(bytes, position);
    if (element === undefined || tags.length === maximumElements * 2) return undefined;
    tags += element.tag.toString(16).padStart(2, '0');
    position = element.end;
  }
  return formats.find(([pattern]) => pattern.test(tags))?.[1];
}

/** The object identifier of scrypt: 1.3.6.1.4.1.11591.4.11 (RFC 7914, section 7). */
const scrypt = Buffer.from('2b06010401da47040b', 'hex');

/**
 * The cost of deriving the key of an encrypted private key (RFC 5958, section 3) from its passphrase: the iterations of
 * PBKDF2 or PBES1 (RFC 8018, section A), or the product of the parameters of scrypt. Infinity for other bytes.
 */
export function derivationCost(bytes: Uint8Array): number {
  const outer = elementAt(bytes, 0);
  const algorithm = outer && elementAt(bytes, outer.start);
  if (algorithm === undefined) return Infinity;
  const parameters = bytes.subarray(algorithm.start, algorithm.end);
  const [iterations = Infinity, ...others] = integersIn(parameters);
  const isScrypt = Buffer.from(parameters).includes(scrypt);
  return isScrypt ? others.reduce((product, factor) => product * factor, iterations) : iterations;
}

/** The integers in the elements, at any depth, in their order. */
function integersIn(bytes: Uint8Array): number[] {
  const integers: number[] = [];
  let element = elementAt(bytes, 0);
  while (element !== undefined) {
    const { tag, start, end } = element;
    if (tag === 0x02)
      integers.push(Number(`0x0${Buffer.from(bytes.subarray(start, end)).toString('hex')}`));
    element = elementAt(bytes, tag === 0x30 ? start : end);
  }
  return integers;
}

/** Reads the element at a position. Its length must have the definite form (ITU-T X.690, section 8.1.3). */
function elementAt(
  bytes: Uint8Array,
  position: number,
): { tag: number; start: number; end: number } | undefined {
  const [tag, first, ...octets] = bytes.subarray(position, position + 6);
  if (tag === undefined || first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first - 0x80;
  if (count > octets.length) return undefined;
  const length = octets.slice(0, count).reduce((sum, octet) => sum * 256 + octet, 0);
  const start = position + 2 + count;
  const end = start + (count === 0 ? first : length);
  return end <= bytes.length ? { tag, start, end } : undefined;
}
