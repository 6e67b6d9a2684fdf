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
