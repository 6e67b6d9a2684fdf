// The parts of `node:crypto` that the playground uses, for browsers.
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

const hashes = { md5, sha1, sha256, sha512 };

type Algorithm = keyof typeof hashes;

const hexDigest = (digest: (bytes: Uint8Array) => Uint8Array) => ({
  update: (text: string) => ({ digest: () => bytesToHex(digest(utf8ToBytes(text))) }),
});

export const createHash = (algorithm: Algorithm) => hexDigest(hashes[algorithm]);

export const createHmac = (algorithm: Algorithm, key: string) =>
  hexDigest((bytes) => hmac(hashes[algorithm], utf8ToBytes(key), bytes));

/** Need not take constant time, since the secret was typed on this page. */
export const timingSafeEqual = (a: Uint8Array, b: Uint8Array) =>
  a.every((byte, index) => byte === b[index]);
