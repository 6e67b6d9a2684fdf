// The parts of Node's Buffer that the playground uses, for browsers.

type Encoding = 'utf8' | 'base64url';

class Bytes extends Uint8Array {
  /** Encodes the bytes as base64url, the only encoding that is needed. */
  override toString(): string {
    const binary = Array.from(this, (byte) => String.fromCharCode(byte)).join('');
    return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  }
}

const encoders: Record<Encoding, (text: string) => ArrayLike<number>> = {
  utf8: (text) => new TextEncoder().encode(text),
  base64url: (text) => {
    try {
      const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
      return Array.from(binary, (character) => character.charCodeAt(0));
    } catch {
      return [];
    }
  },
};

const Buffer = {
  from: (text: string, encoding: Encoding = 'utf8') => new Bytes(encoders[encoding](text)),
  compare: (a: Uint8Array, b: Uint8Array) => {
    const index = a.findIndex((byte, position) => byte !== b[position]);
    return index === -1 ? a.length - b.length : Number(a[index]) - Number(b[index] ?? -1);
  },
};

/** Defines Buffer where it is missing. Node has it, during the build. */
export function provideBuffer(): void {
  Object.assign(globalThis, { Buffer: globalThis.Buffer ?? Buffer });
}
