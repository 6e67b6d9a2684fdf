/** Sample credentials as in the platform's documentation, and secrets of the same form. */
export const held = {
  apiKey: 'abcd1234',
  apiSecret: 'ABCDEFGH01234abc',
  signatureSecret: 'SignatureSecret1',
};
export const applicationId = 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab';
export const oauth1 = {
  consumerKey: 'consumer-key',
  consumerSecret: 'consumer-secret',
  token: 'access-token',
  tokenSecret: 'token-secret',
};
/** An OpenTok project. */
export const opentok = {
  apiKey: '46012345',
  apiSecret: '0123456789abcdef0123456789abcdef01234567',
};
