export type PemBlock = { label: string; text: string };

const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]+?)-----END \1-----/g;

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
  const found = [...lines.matchAll(block)] as unknown as [
    text: string,
    label: string,
    body: string,
  ][];
  const blocks = found.map(([, label, body]) => ({
    label,
    text: `-----BEGIN ${label}-----\n${layOut(body)}\n-----END ${label}-----\n`,
  }));
  const decoded = blocks.length === 0 ? fromBase64(lines) : '';
  return decoded.includes('-----BEGIN') ? pemBlocks(unwrap(decoded)) : blocks;
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
