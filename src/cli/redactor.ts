import { decodedLayers, type Layer } from './decoded-layers';

/** Hides secrets in a text, in all the forms in which a request or an answer may contain them. */
export type Redactor = (text: string) => string;

/**
 * Returns a redactor for these secrets. It finds a secret in any letter case, as plain text, base64 or hex, and with
 * any escapes that `decodedLayers` decodes.
 */
export function redactorOf(secrets: readonly string[]): Redactor {
  const forms = [...new Set(secrets.flatMap(formsOf).map(lowerCase))];
  return (text) => {
    const ranges = decodedLayers(text).flatMap((layer) => rangesIn(layer, forms));
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

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    // The characters at both ends depend on the bytes before and after the secret.
    return shifted.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  // If the secret itself is base64, the text may contain the secret without its padding.
  const encoded = [secret.replace(/={1,2}$/, ''), ...base64].flatMap((text) => [
    text,
    text.replaceAll('+', '-').replaceAll('/', '_'),
  ]);
  const others = [...encoded, bytes.toString('hex')].filter(({ length }) => length >= 4);
  return [secret, secret.replaceAll(' ', '+'), ...others];
}

type Range = readonly [start: number, end: number];

/** The ranges of the original text where the layer contains one of these forms. */
function rangesIn({ text, starts }: Layer, forms: readonly string[]): Range[] {
  const ranges: Range[] = [];
  const lower = lowerCase(text);
  for (const form of forms) {
    let index = lower.indexOf(form);
    while (index >= 0) {
      const end = index + form.length;
      ranges.push([Number(starts[index]), Number(starts[end])]);
      index = lower.indexOf(form, end);
    }
  }
  return ranges;
}

/** Changes only ASCII letters, so that the length stays the same. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
