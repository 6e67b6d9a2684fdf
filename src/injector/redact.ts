/** Takes secrets out of a text, percent-encoded ones too, however often they were encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  if (!secrets.some((secret) => mayHold(text, secret))) return text;
  const all = secrets.map(piecesOf);
  const firstPieces = all.flatMap((pieces) => pieces.slice(0, 1));
  const starts = new RegExp(`(?=${firstPieces.map(({ pattern }) => pattern).join('|')})`, 'giu');
  let clean = '';
  let position = 0;
  for (const { index } of text.matchAll(starts)) {
    const ends = index < position ? [] : all.map((pieces) => endOf(pieces, text, index));
    const end = ends.find((each) => each !== undefined);
    if (end === undefined) continue;
    clean += `${text.slice(position, index)}[redacted]`;
    position = end;
  }
  return clean + text.slice(position);
}

/** Where pieces that follow each other from an index end; undefined where they do not. */
function endOf(pieces: readonly Piece[], text: string, index: number): number | undefined {
  let end: number | undefined = index;
  for (const piece of pieces) {
    end = piece.endFrom(text, end);
    if (end === undefined) return undefined;
  }
  return end;
}

/**
 * A pattern for a whole token is too large for V8, whose error would quote it. No piece ends inside of
 * what could be read as one encoded percent sign, so that each piece can be matched by itself.
 */
function piecesOf(secret: string): Piece[] {
  return Array.from(
    secret.matchAll(/(?:%[%25]*|[^%]){1,64}/gu),
    ([characters]) => new Piece(characters),
  );
}

/** A part of a secret, in any spelling. Most texts end the search at the first one. */
class Piece {
  readonly #characters: string;
  #matcher: RegExp | undefined;

  constructor(characters: string) {
    this.#characters = characters;
  }

  get pattern(): string {
    return patternOf(this.#characters);
  }

  endFrom(text: string, index: number): number | undefined {
    this.#matcher ??= new RegExp(this.pattern, 'yiu');
    this.#matcher.lastIndex = index;
    return this.#matcher.test(text) ? this.#matcher.lastIndex : undefined;
  }
}

/** Says no, without a costly pattern, to nearly every text that holds no secret. */
function mayHold(text: string, secret: string): boolean {
  if (text.length < secret.length) return false;
  return /[%+\u0080-\uFFFF]/.test(text) || text.toLowerCase().includes(secret.toLowerCase());
}

function patternOf(text: string): string {
  const characters = Array.from(text, (character) => {
    const literal = character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
    const encoded = Array.from(Buffer.from(character), (byte) => `%(?:25)*${hex(byte)}`).join('');
    return character === ' ' ? `(?:${encoded}| |\\+)` : `(?:${encoded}|${literal})`;
  });
  return characters.join('');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
