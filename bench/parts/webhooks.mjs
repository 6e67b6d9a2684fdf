import { randomUUID } from 'node:crypto';
import { createVerifier } from 'fast-jwt';
import { jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { do_not_optimize as keep } from 'mitata';
import { Webhook } from 'standardwebhooks';
import { signatureSecret } from '../account.mjs';
import { timeInterleaved } from '../interleave.mjs';
import { atLeast, atMost, row } from '../row.mjs';
import { ratio } from '../series.mjs';
import { hmac, inboundMessage, key, sha256, signToken, webhookWith } from '../signed-webhook.mjs';
import { nexmoAuth } from '../subject.mjs';
import { time } from '../units.mjs';

export const title = 'Verifying a webhook';
export const meaning = 'How long your process is busy with the check of one webhook.';
export const note =
  'Token, times and body hash of an inbound message of 460 bytes. The floor is one HMAC of the token, one SHA-256 of the body and one JSON.parse of the claims. `jsonwebtoken`, `jose` and `fast-jwt` check only the token, each with the same secret, as a string or as a KeyObject. `standardwebhooks` verifies a webhook in its own format, with the same body.';

const { MemoryReplayGuard, WebhookVerifier } = nexmoAuth;
const body = inboundMessage(
  'Hello from Vonage, this is a message of a length that is usual for messages.',
);
const signedToken = () => signToken(body, randomUUID());

export async function run(effort) {
  const token = signedToken();
  const request = webhookWith(token, body);
  const [header, claims, signature] = token.split('.');
  const options = { secrets: signatureSecret, maxAge: 86_400 };
  const verifier = new WebhookVerifier(options);
  const { floor, ours, ...peers } = await timeInterleaved(
    {
      floor: () => {
        keep(hmac(`${header}.${claims}`).equals(Buffer.from(signature, 'base64url')));
        keep(sha256(body));
        keep(JSON.parse(Buffer.from(claims, 'base64url').toString()));
      },
      ours: () => verifier.verify(request),
      ...createPeers(token),
    },
    effort,
  );
  const line = { unit: time, floor };
  const own = { ...line, what: '`verify`', measured: ours, peers };
  const times = (name) => ratio(peers[name], ours);
  return [
    row({ ...own, target: atMost(2, ratio(ours, floor), ' × the floor') }),
    row({ ...own, target: atLeast(20, times(byString), ` × as fast as ${byString}`) }),
    row({
      ...own,
      target: atLeast(1, times('standardwebhooks'), ' × as fast as `standardwebhooks`'),
    }),
    await measureGuarded(options, effort),
    ...Object.entries(peers).map(([what, measured]) => row({ ...line, what, measured })),
  ];
}

const byString = 'jsonwebtoken with a string';

function createPeers(token) {
  const timestamp = new Date();
  const standard = new Webhook(Buffer.from(signatureSecret).toString('base64'));
  const headers = {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(Math.floor(timestamp / 1000)),
    'webhook-signature': standard.sign('msg_1', timestamp, body.toString()),
  };
  const fast = createVerifier({ key: signatureSecret, algorithms: ['HS256'] });
  const algorithms = ['HS256'];
  return {
    [byString]: () => jsonwebtoken.verify(token, signatureSecret, { algorithms }),
    'jsonwebtoken with a KeyObject': () => jsonwebtoken.verify(token, key, { algorithms }),
    jose: () => jwtVerify(token, key, { algorithms }),
    'fast-jwt': () => fast(token),
    standardwebhooks: () => standard.verify(body.toString(), headers),
  };
}

/** Each webhook is new, so that the guard refuses none. */
async function measureGuarded(options, effort) {
  const replayGuard = new MemoryReplayGuard({ maxEntries: Number.MAX_SAFE_INTEGER });
  const verifier = new WebhookVerifier({ ...options, replayGuard });
  const newRequest = () => webhookWith(signedToken(), body);
  const { floor, ours } = await timeInterleaved(
    { floor: () => keep(newRequest()), ours: () => verifier.verify(newRequest()) },
    { ...effort, milliseconds: effort.milliseconds / 4 },
  );
  const measured = ours.map((series, round) => series - floor[round]);
  return row({ unit: time, what: '`verify` with a `MemoryReplayGuard`', measured });
}
