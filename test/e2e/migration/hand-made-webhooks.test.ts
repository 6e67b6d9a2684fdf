import { createHash, createHmac } from 'node:crypto';
import { sign, verify } from 'jsonwebtoken';
import { MemoryReplayGuard, verifyJwt, verifyParams, WebhookVerifier } from '../../../src';
import { signSmsCallback, signWebhook } from '../../../src/testing';
import { applicationId, held } from '../../support/account';
import { errorOf, testDifferences } from '../../support/differences';
import { keyText } from '../../support/keys';

// The nexmo package brings jsonwebtoken 8.
const jsonwebtoken8 = jest.requireActual<typeof import('jsonwebtoken')>(
  '../../../node_modules/nexmo/node_modules/jsonwebtoken',
);

const { apiKey, signatureSecret } = held;
const publicKey = keyText('rsa-public');
const verifier = new WebhookVerifier({ secrets: signatureSecret });
const webhook = signWebhook({ secret: signatureSecret, apiKey, body: { text: 'Hello' } });
const tokenOf = ({ headers }: { headers: Record<string, string> }) =>
  String(headers['authorization']).replace('Bearer ', '');

const otherAlgorithms = (['HS384', 'HS512'] as const).map((algorithm) =>
  sign({ api_key: apiKey }, signatureSecret, { algorithm, noTimestamp: true }),
);

testDifferences('docs/migrate-from-hand-made.md', 'What behaves differently in webhooks', {
  'The body of a webhook is verified': {
    // Code made by hand verifies the token, but not the body.
    before: () => verify(tokenOf(webhook), signatureSecret),
    was: expect.objectContaining({ api_key: apiKey }),
    after: () => errorOf(() => verifier.verify({ ...webhook, rawBody: '{"text":"Goodbye"}' })),
    is: 'ERR_WEBHOOK_TAMPERED',
  },
  'A webhook must be recent': {
    before: () => {
      const old = signWebhook({ secret: signatureSecret, apiKey, iat: 1 });
      const future = signWebhook({ secret: signatureSecret, apiKey, iat: 9e9 });
      return [
        verify(tokenOf(old), signatureSecret),
        verify(tokenOf(future), signatureSecret, { maxAge: 300 }),
      ];
    },
    was: [expect.objectContaining({ iat: 1 }), expect.objectContaining({ iat: 9e9 })],
    after: () =>
      Promise.all(
        [1, 9e9].map((iat) =>
          errorOf(() => verifier.verify(signWebhook({ secret: signatureSecret, apiKey, iat }))),
        ),
      ),
    is: ['ERR_WEBHOOK_TOO_OLD', 'ERR_WEBHOOK_FROM_FUTURE'],
  },
  'A webhook is handled once': {
    before: () =>
      [webhook, webhook].map((arrived) => typeof verify(tokenOf(arrived), signatureSecret)),
    was: ['object', 'object'],
    after: async () => {
      const replayGuard = new MemoryReplayGuard();
      const once = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
      return [await errorOf(() => once.verify(webhook)), await errorOf(() => once.verify(webhook))];
    },
    is: ['no error', 'ERR_WEBHOOK_HANDLED'],
  },
  'Only HS256 is accepted': {
    before: () => otherAlgorithms.map((token) => verify(token, signatureSecret)),
    was: [{ api_key: apiKey }, { api_key: apiKey }],
    after: () =>
      Promise.all(
        otherAlgorithms.map((token) => {
          const headers = { authorization: `Bearer ${token}` };
          return errorOf(() => verifier.verify({ ...webhook, headers }));
        }),
      ),
    is: ['ERR_WEBHOOK_ALGORITHM', 'ERR_WEBHOOK_ALGORITHM'],
  },
  'A token signed with the public key is refused': {
    before: async () => [
      jsonwebtoken8.verify(forged(), publicKey, { algorithms: ['RS256', 'HS256'] }),
      await errorOf(() => verify(forged(), publicKey, { algorithms: ['RS256', 'HS256'] })),
    ],
    was: [{ application_id: applicationId }, expect.stringContaining('must be a symmetric key')],
    after: () => errorOf(() => verifyJwt(forged(), publicKey)),
    is: 'ERR_JWT_ALGORITHM',
  },
  'A missing secret is an error': {
    before: () => {
      const missing = process.env['NO_SUCH_SECRET'];
      const forgedByAnybody = sign({ api_key: apiKey }, 'undefined');
      return verify(forgedByAnybody, String(missing));
    },
    was: expect.objectContaining({ api_key: apiKey }),
    after: () =>
      errorOf(() => new WebhookVerifier({ secrets: process.env['NO_SUCH_SECRET'] ?? '' })),
    is: 'ERR_INVALID_CREDENTIAL',
  },
  'An SMS callback must be recent': {
    before: () => {
      const { sig, ...params } = oldCallback();
      const names = Object.keys(params).sort();
      const base = names.map((name) => `&${name}=${String(params[name])}`).join('');
      const hash = createHash('md5').update(base + signatureSecret);
      return sig === hash.digest('hex');
    },
    was: true,
    after: () =>
      errorOf(() => {
        verifyParams(oldCallback(), { secret: signatureSecret });
      }),
    is: 'ERR_TIMESTAMP_OUT_OF_TOLERANCE',
  },
});

/** A token by somebody who knows only the public key. */
function forged(): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const input = `${encode({ alg: 'HS256' })}.${encode({ application_id: applicationId })}`;
  return `${input}.${createHmac('sha256', publicKey).update(input).digest('base64url')}`;
}

function oldCallback(): Record<string, string> {
  const params = { msisdn: '447700900001', text: 'Hello' };
  return { ...signSmsCallback({ secret: signatureSecret, params, timestamp: 1 }).params };
}
