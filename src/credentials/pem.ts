import { TextDecoder } from 'node:util';
import { NexmoAuthError } from '../errors';
import { pemLabelOf } from './der';

export type PemBlock = { label: string; text: string };

/** A BEGIN or END marker. A lookahead matches the closing dashes, since the next marker may share them. */
const marker = /-----(BEGIN|END) ([A-Z0-9 ]+)(?=-----)/g;

/** The first bytes of UTF-16 text, in hexadecimal: a byte-order mark or an ASCII character. */
const encodings: readonly (readonly [start: RegExp, encoding: string])[] = [
  [/^(fffe|..00)/, 'utf-16le'],
  [/^(feff|00..)/, 'utf-16be'],
];

/** Twice the length of the longest file that is read as a key. */
const maximumLength = 2 * 1024 ** 2;

/**
 * Decodes the text of a key. Removes a byte-order mark, surrounding white space and surrounding quotes. DER becomes
 * base64.
 *
 * @throws NexmoAuthError `ERR_KEY_INVALID` for more than 2 MiB
 */
export function normalizeKeyText(input: string | Uint8Array): string {
  if (input.length > maximumLength) {
    throw new NexmoAuthError(
      'ERR_KEY_INVALID',
      'The text of a key has more than 2 MiB. Pass only the key.',
    );
  }
  const text = typeof input === 'string' ? input : decode(input);
  return text
    .trim()
    .replace(/^(["'`])([\s\S]*)\1$/, '$2')
    .trim();
}

function decode(bytes: Uint8Array): string {
  if (pemLabelOf(bytes) !== undefined) return Buffer.from(bytes).toString('base64');
  const start = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const [, encoding = 'utf-8'] = encodings.find(([pattern]) => pattern.test(start)) ?? [];
  return new TextDecoder(encoding).decode(bytes);
}

/**
 * The PEM blocks (RFC 7468) in a text, each in the layout that OpenSSL expects. Accepts any line breaks, spaces instead
 * of line breaks, indented lines, string and URL escapes, base64 DER without BEGIN and END lines, and base64 of any of
 * these. Returns an empty list if there is no block. Does not check whether a block contains a valid key.
 */
export function pemBlocks(text: string): PemBlock[] {
  const unescaped = unescape(text);
  const blocks = findBlocks(unescaped);
  return blocks.length === 0 ? decodeBlocks(unescaped) : blocks;
}

/** An escape in a string. Without the lookbehind, a run of backslashes would take quadratic time. */
const stringEscape = /(?<!\\)\\+(?:u00([0-9a-fA-F]{2})|([^\\]?))/g;

/** An escape in a URL. The percent sign of the escape may itself be escaped, as %25. */
const urlEscape = /%(?:25)*([0-9a-fA-F]{2})/g;

/** Undoes all levels of escaping at once. This is possible because PEM has no backslashes and no percent signs. */
function unescape(text: string): string {
  const spaced = text.includes('-----BEGIN+') ? text.replaceAll('+', ' ') : text;
  return spaced
    .replace(urlEscape, (_escape, code: string) => asciiCharacter(code))
    .replace(stringEscape, (_escape, code: string | undefined, character: string) => {
      if (code !== undefined) return asciiCharacter(code);
      return /[nrt]/.test(character) ? '\n' : character;
    });
}

/** The ASCII character of a byte. Drops other bytes: they belong to a byte-order mark or to a non-ASCII space. */
function asciiCharacter(code: string): string {
  const byte = parseInt(code, 16);
  return byte < 0x80 ? String.fromCharCode(byte) : '';
}

/**
 * Finds the blocks. A block extends from a BEGIN marker to the next END marker with the same label. Blocks do not
 * overlap. Takes linear time, even if markers are missing.
 */
function findBlocks(text: string): PemBlock[] {
  const markers = [...text.matchAll(marker)] as (RegExpExecArray & Record<1 | 2, string>)[];
  const nextEnds = new Map<string, number>();
  const spans: { label: string; start: number; body: number; end: number }[] = [];
  for (const { index, 0: line, 1: kind, 2: label } of markers.reverse()) {
    const end = nextEnds.get(label) ?? -1;
    const body = index + `${line}-----`.length;
    if (kind === 'END') nextEnds.set(label, index);
    else if (body < end) spans.push({ label, start: index, body, end });
  }
  const blocks: PemBlock[] = [];
  let position = 0;
  for (const { label, start, body, end } of spans.reverse()) {
    if (start < position) continue;
    blocks.push(formatBlock(label, text.slice(body, end)));
    position = end;
  }
  return blocks;
}

/**
 * Decodes base64 of PEM or DER, at every level. Decoding one level shortens the text by a quarter, so all levels
 * together take linear time.
 */
function decodeBlocks(quoted: string): PemBlock[] {
  const text = quoted.replace(/["'`]/g, '');
  if (text === '' || /[^\w+/=\s-]/.test(text)) return [];
  const bytes = Buffer.from(text, 'base64');
  const label = pemLabelOf(bytes);
  return label === undefined
    ? pemBlocks(normalizeKeyText(bytes))
    : [formatBlock(label, bytes.toString('base64'))];
}

/** The two headers of a legacy encrypted key (RFC 1421), separated by any white space. */
const encryptionHeaders = /^\s*(Proc-Type: \S+)\s+(DEK-Info: \S+)\s/;

function formatBlock(label: string, body: string): PemBlock {
  const headers = encryptionHeaders.exec(body)?.slice(1).concat('') ?? [];
  const base64 = body.replace(encryptionHeaders, '').replace(/[\s\p{Cf}]+/gu, '');
  const lines = [...headers, base64.replace(/.{64}(?=.)/g, '$&\n')].join('\n');
  return { label, text: `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n` };
}

/** The bytes of a PEM block. Empty if the block contains characters other than base64. */
export function bytesOf({ text }: PemBlock): Buffer {
  const base64 = text.replace(/^-----.*-----$/gm, '').replaceAll('\n', '');
  return Buffer.from(/^[\w+/]*={0,2}$/.test(base64) ? base64 : '', 'base64');
}
