// Replaces `node:crypto` in the browser, as far as src/schemes/sms-signature.ts needs it.
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

/** Not in constant time: there is no attacker, since whoever compares has typed the secret. */
export const timingSafeEqual = (a: Uint8Array, b: Uint8Array) =>
  a.every((byte, index) => byte === b[index]);
