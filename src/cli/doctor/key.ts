import type { Credentials } from '../../index';
import { fingerprintOf } from '../key-details';
import { type Finding, ok, warning } from './finding';
import { keyFormat, type KeySource } from './key-file';

export type KeyReport = {
  format: string;
  bits: number | undefined;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), in hexadecimal. */
  fingerprint: string;
};

export function keyReport(credentials: Credentials, source: KeySource | undefined): KeyReport {
  const key = credentials.reveal('privateKey');
  return {
    format: source === undefined ? 'unknown' : keyFormat(source.text),
    bits: key.asymmetricKeyDetails?.modulusLength,
    fingerprint: fingerprintOf(key),
  };
}

export function keyFinding({ format, bits, fingerprint }: KeyReport): Finding {
  const message = `The private key is RSA with ${bits} bits in ${format}, fingerprint SHA-256 ${fingerprint}.`;
  if (!format.endsWith('PKCS#1')) return ok('key', message);
  return warning(
    'key',
    `The private key is in PKCS#1. This package reads PKCS#1, but the Vonage CLI refuses it.`,
    {
      remedy: `If other tools need the key, convert it: openssl pkcs8 -topk8 -nocrypt -in FILE -out private.key.`,
    },
  );
}
