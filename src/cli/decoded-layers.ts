/**
 * A text with some of its escapes decoded. The characters of `text` from index `i` to index `j` come from the original
 * text between `starts[i]` and `starts[j]`.
 */
export type Layer = { readonly text: string; readonly starts: Uint32Array };

type Escape = readonly [pattern: RegExp, decode: (match: RegExpExecArray) => string];

/** Escapes within escapes are decoded up to this depth. */
const maximumDepth = 3;

const controls: Readonly<Record<string, string>> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The ASCII characters that have names in HTML (HTML standard, section 13.5). */
const characterNames: Readonly<Record<string, readonly string[]>> = {
  '\t': ['tab'],
  '\n': ['newline'],
  '!': ['excl'],
  '"': ['quot'],
  '#': ['num'],
  $: ['dollar'],
  '%': ['percnt'],
  '&': ['amp'],
  "'": ['apos'],
  '(': ['lpar'],
  ')': ['rpar'],
  '*': ['ast', 'midast'],
  '+': ['plus'],
  ',': ['comma'],
  '.': ['period'],
  '/': ['sol'],
  ':': ['colon'],
  ';': ['semi'],
  '<': ['lt'],
  '=': ['equals'],
  '>': ['gt'],
  '?': ['quest'],
  '@': ['commat'],
  '[': ['lsqb', 'lbrack'],
  '\\': ['bsol'],
  ']': ['rsqb', 'rbrack'],
  '^': ['hat'],
  _: ['lowbar', 'underbar'],
  '`': ['grave', 'diacriticalgrave'],
  '{': ['lcub', 'lbrace'],
  '|': ['vert', 'verbar', 'verticalline'],
  '}': ['rcub', 'rbrace'],
};
const namedCharacters = new Map(
  Object.entries(characterNames).flatMap(([character, names]) =>
    names.map((name) => [name, character] as const),
  ),
);
/** Browsers read the first four names without a semicolon, too. */
const characterName = `amp|lt|gt|quot|(?:${[...namedCharacters.keys()].join('|')})(?=;)`;

/**
 * The kinds of escape that stand for one character: in URLs (RFC 3986 with UTF-8), in JSON (RFC 8259) and JavaScript,
 * and in HTML.
 */
const escapes: readonly Escape[] = [
  [
    /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi,
    ([bytes]) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  ],
  [
    /\\(?:u([\da-fA-F]{4})|U([\da-fA-F]{8})|x([\da-fA-F]{2})|[ux]\{0*([\da-fA-F]{1,6})\}|([0-3]?[0-7]{1,2})|([bfnrtv]|[^a-zA-Z\d]))/g,
    ([, unit, long, byte, point, octal, character = '']) => {
      const hex = unit ?? long ?? byte ?? point;
      if (hex !== undefined) return fromCode(parseInt(hex, 16));
      if (octal !== undefined) return fromCode(parseInt(octal, 8));
      return controls[character] ?? character;
    },
  ],
  [
    new RegExp(`&(?:#x0*([\\da-f]{1,6})|#0*(\\d{1,7})|(${characterName}));?`, 'gi'),
    ([, hex, decimal, name]) =>
      name === undefined
        ? fromCode(hex === undefined ? Number(decimal) : parseInt(hex, 16))
        : String(namedCharacters.get(name.toLowerCase())),
  ],
  // UTF-16 that was decoded as UTF-8 has a NUL beside each ASCII character. This row removes the NULs.
  [/\0/g, () => ''],
];

function fromCode(code: number): string {
  return String.fromCodePoint(Math.min(code, 0x10_ff_ff));
}

/**
 * The text itself, and every text that results from decoding its escapes. The kinds of escape are decoded in every
 * order.
 */
export function decodedLayers(text: string): Layer[] {
  const starts = new Uint32Array(text.length + 1).map((_, index) => index);
  const layers = new Map<string, Layer>([[text, { text, starts }]]);
  let newest: readonly Layer[] = [...layers.values()];
  for (let depth = 0; depth < maximumDepth; depth += 1) {
    const found = newest.flatMap((layer) => escapes.map((escape) => decodeLayer(layer, escape)));
    newest = found.filter((layer) => !layers.has(layer.text));
    for (const layer of newest) layers.set(layer.text, layer);
  }
  return [...layers.values()];
}

function decodeLayer(layer: Layer, [pattern, decode]: Escape): Layer {
  let text = '';
  let position = 0;
  // An escape is at least as long as the character that it stands for.
  const starts = new Uint32Array(layer.starts.length);
  for (const match of layer.text.matchAll(pattern)) {
    const { index, 0: escape } = match;
    starts.set(layer.starts.subarray(position, index), text.length);
    text += layer.text.slice(position, index);
    const decoded = decode(match);
    // Sets a start for each UTF-16 code unit. A character beyond U+FFFF has two code units.
    starts.fill(Number(layer.starts[index]), text.length, text.length + decoded.length);
    text += decoded;
    position = index + escape.length;
  }
  starts.set(layer.starts.subarray(position), text.length);
  text += layer.text.slice(position);
  return { text, starts };
}
