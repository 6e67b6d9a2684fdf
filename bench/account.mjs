// One account for all contestants.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';

export const apiKey = 'abcd1234';
export const apiSecret = 'AbcDef123456';
export const signatureSecret = 'AbcDef123456AbcDef123456AbcDef12';
export const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';

export const privateKey = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

export const keyObject = createPrivateKey(privateKey);

export const everything = { apiKey, apiSecret, applicationId, privateKey, signatureSecret };
