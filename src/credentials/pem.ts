import { TextDecoder } from 'node:util';
import { pemLabelOf } from './der';

export type PemBlock = { label: string; text: string };

/** The dashes behind a marker are not part of the match: the next marker may begin with them. */
const marker = /-----(BEGIN|END) ([A-Z0-9 ]+)(?=-----)/g;

/** How the bytes of a text begin in an encoding other than UTF-8, with a byte-order mark or with an ASCII character. */
const encodings: readonly (readonly [start: RegExp, encoding: string])[] = [
  [/^(fffe|..00)/, 'utf-16le'],
  [/^(feff|00..)/, 'utf-16be'],
];

/** Text as it was meant: a byte-order mark, spaces and quotes around it are left out. DER becomes base64. */
export function normalizeKeyText(input: string | Uint8Array): string {
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
 * The PEM blocks (RFC 7468) in a text, each laid out as OpenSSL expects it. Takes any line breaks, indented lines, line
 * breaks turned into spaces, escapes of a string or a URL, DER in base64 without its BEGIN and END lines, and base64 of
 * all that. Gives an empty list when there are none; whether a block holds a sound key is not checked.
 */
export function pemBlocks(text: string): PemBlock[] {
  const plain = unescape(text);
  const blocks = blocksIn(plain);
  return blocks.length === 0 ? blocksInBase64(plain) : blocks;
}

/** The lookbehind keeps a run of backslashes from being searched once for each of them. */
const stringEscape = /(?<!\\)\\+(?:u00([0-9a-fA-F]{2})|([^\\]?))/g;

/** A percent sign that was escaped itself is %25. */
const urlEscape = /%(?:25)*([0-9a-fA-F]{2})/g;

/** PEM has neither backslashes nor percent signs, so any number of escapings is undone at once. */
function unescape(text: string): string {
  const spaced = text.includes('-----BEGIN+') ? text.replaceAll('+', ' ') : text;
  return spaced
    .replace(urlEscape, (_escape, code: string) => fromHex(code))
    .replace(stringEscape, (_escape, code: string | undefined, character: string) => {
      if (code !== undefined) return fromHex(code);
      return /[nrt]/.test(character) ? '\n' : character;
    });
}

/** What is not ASCII is a byte-order mark or a space, of which nothing is left. */
function fromHex(code: string): string {
  const byte = parseInt(code, 16);
  return byte < 0x80 ? String.fromCharCode(byte) : '';
}

/**
 * Each block runs from a BEGIN marker to the first END marker of the same label; blocks do not
 * overlap. Takes linear time, whatever markers are missing.
 */
function blocksIn(text: string): PemBlock[] {
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
    blocks.push(blockOf(label, text.slice(body, end)));
    position = end;
  }
  return blocks;
}

/** Each decoding makes the text shorter by a quarter, so all of them take linear time. */
function blocksInBase64(quoted: string): PemBlock[] {
  const text = quoted.replace(/["'`]/g, '');
  if (!/^[\w+/=\s-]+$/.test(text)) return [];
  const bytes = Buffer.from(text, 'base64');
  const label = pemLabelOf(bytes);
  return label === undefined
    ? pemBlocks(normalizeKeyText(bytes))
    : [blockOf(label, bytes.toString('base64'))];
}

/** The two headers of a legacy encrypted key (RFC 1421), with any white space between. */
const encryption = /^\s*(Proc-Type: \S+)\s+(DEK-Info: \S+)\s/;

function blockOf(label: string, body: string): PemBlock {
  const headers = encryption.exec(body)?.slice(1).concat('') ?? [];
  const base64 = body.replace(encryption, '').replace(/[\s\p{Cf}]+/gu, '');
  const lines = [...headers, base64.replace(/.{64}(?=.)/g, '$&\n')].join('\n');
  return { label, text: `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n` };
}
