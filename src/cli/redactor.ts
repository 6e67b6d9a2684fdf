import { decodedLayers, type Layer } from './decoded-layers';

/** Hides secrets in a text, in all the forms in which a request or an answer may contain them. */
export type Redactor = (text: string) => string;

/**
 * Returns a redactor for these secrets. It finds a secret in any letter case, as plain text, base64 or hex, and with
 * any escapes that `decodedLayers` decodes.
 */
export function redactorOf(secrets: readonly string[]): Redactor {
  const all = secrets.flatMap(formsOf).map((form) => ({ ...form, text: lowerCase(form.text) }));
  // Most secrets have several equal forms. Only one of them is kept, since every form is searched for in every layer.
  const forms = [...new Map(all.map((form) => [JSON.stringify(form), form])).values()];
  return (text) => {
    const ranges = windowsOf(text).flatMap((start) =>
      decodedLayers(text.slice(start, start + windowLength)).flatMap((layer) =>
        rangesIn(layer, forms).map(([from, to]): Range => [start + from, start + to]),
      ),
    );
    ranges.sort(([a], [b]) => a - b);
    let clean = '';
    let position = 0;
    for (const [start, end] of ranges) {
      if (start >= position) clean += `${text.slice(position, start)}[redacted]`;
      position = Math.max(position, end);
    }
    return clean + text.slice(position);
  };
}

/**
 * A long text is searched in windows, since its decoded layers need many times its memory. Windows overlap, so that a
 * secret with its escapes is whole in one of them.
 */
const windowLength = 262_144;
const overlap = 65_536;

/** Where the windows of a text start. */
function windowsOf({ length }: string): number[] {
  const count = Math.max(1, Math.ceil((length - overlap) / (windowLength - overlap)));
  return Array.from({ length: count }, (_, index) => index * (windowLength - overlap));
}

/**
 * A text that shows a secret. The `before` characters in front of the text and the `after` characters behind it hold
 * further bits of the secret.
 */
type Form = { text: string; before: number; after: number };

function formsOf(secret: string): Form[] {
  const bytes = Buffer.from(secret);
  // If the secret itself is base64, the text may contain the secret without its padding.
  const plain = [secret, secret.replace(/={1,2}$/, ''), secret.replaceAll(' ', '+')];
  const texts = [...plain, bytes.toString('hex')].map((text) => ({ text, before: 0, after: 0 }));
  return [...texts, ...[0, 1, 2].flatMap((shift) => base64Forms(bytes, shift))]
    .flatMap((form) => [form, { ...form, text: urlSafe(form.text) }])
    .filter(({ text }) => text === secret || text.length >= 4);
}

/**
 * The base64 of bytes that follow `shift` other bytes. Returns two forms: the whole base64, and the base64 without its
 * last four characters. The character before or after a form may hold bits of these bytes and of other bytes.
 */
function base64Forms(bytes: Buffer, shift: number): Form[] {
  const start = shift === 0 ? 0 : shift + 1;
  const bits = (shift + bytes.length) * 8;
  const whole = Math.floor(bits / 6);
  const base64 = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  const before = shift === 0 ? 0 : 1;
  return [
    { text: base64.slice(start, whole), before, after: bits % 6 === 0 ? 0 : 1 },
    { text: base64.slice(start, -4), before, after: 0 },
  ];
}

function urlSafe(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_');
}

type Range = readonly [start: number, end: number];

/** The ranges of the original text where the layer contains one of these forms. */
function rangesIn({ text, starts }: Layer, forms: readonly Form[]): Range[] {
  const ranges: Range[] = [];
  const lower = lowerCase(text);
  for (const { text: form, before, after } of forms) {
    let index = lower.indexOf(form);
    while (index >= 0) {
      const end = index + form.length;
      const [first, last] = [Math.max(0, index - before), Math.min(lower.length, end + after)];
      ranges.push([Number(starts[first]), Number(starts[last])]);
      index = lower.indexOf(form, end);
    }
  }
  return ranges;
}

/** Changes only ASCII letters to lower case, so that the length of the text stays the same. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
