import { generateKeyPairSync } from 'node:crypto';
import { parsePrivateKey } from '../../src/credentials/private-key';

const passphrase = 'open sesame';

test.each(['pkcs1', 'pkcs8'] as const)(
  'a key of 4096 bits is accepted when it is encrypted in %s',
  (type) => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 4096,
      privateKeyEncoding: { type, format: 'pem', cipher: 'aes-256-cbc', passphrase },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    expect(parsePrivateKey(privateKey, passphrase).asymmetricKeyDetails?.modulusLength).toBe(4096);
  },
);
