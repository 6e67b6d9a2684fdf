import { TextDecoder } from 'node:util';

export type PemBlock = { label: string; text: string };

/** The dashes behind a marker are not part of the match: the next marker may begin with them. */
const marker = /-----(BEGIN|END) ([A-Z0-9 ]+)(?=-----)/g;

/** Text as it was meant: a byte-order mark, spaces and quotes around it are left out. */
export function unwrap(input: string | Uint8Array): string {
  const text = typeof input === 'string' ? input : decode(input);
  return text
    .trim()
    .replace(/^(["'])([\s\S]*)\1$/, '$2')
    .trim();
}

function decode(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/**
 * The PEM blocks (RFC 7468) in a text, each laid out as OpenSSL expects it. Takes real or literal
 * `\n`, CRLF, indented lines, line breaks turned into spaces, and base64 of all that. Gives an
 * empty list when there are none; whether a block holds a sound key is not checked.
 */
export function pemBlocks(text: string): PemBlock[] {
  const lines = text.replace(/\\r\\n|\\n/g, '\n').replace(/\r\n/g, '\n');
  const blocks = blocksIn(lines);
  const decoded = blocks.length === 0 ? fromBase64(lines) : '';
  return decoded.includes('-----BEGIN') ? pemBlocks(unwrap(decoded)) : blocks;
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
    const lines = layOut(text.slice(body, end));
    blocks.push({ label, text: `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n` });
    position = end;
  }
  return blocks;
}

/** The two headers of a legacy encrypted key (RFC 1421), with any white space between. */
const encryption = /^\s*(Proc-Type: \S+)\s+(DEK-Info: \S+)\s/;

function layOut(body: string): string {
  const headers = encryption.exec(body)?.slice(1).concat('') ?? [];
  const base64 = body.replace(encryption, '').replace(/\s+/g, '');
  return [...headers, base64.replace(/.{64}(?=.)/g, '$&\n')].join('\n');
}

function fromBase64(text: string): string {
  return /^[\w+/=\s-]+$/.test(text) ? Buffer.from(text, 'base64').toString() : '';
}
