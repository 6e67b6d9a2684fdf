export const webhookExamples = {
  ERR_SIGNATURE_MISSING: {
    provokes: `verifyParams({ msisdn: '447700900001', text: 'Hello' }, { secret: signatureSecret });`,
    avoids: `const { params } = signSmsCallback({
  secret: signatureSecret,
  params: { msisdn: '447700900001', text: 'Hello' },
});
verifyParams(params, { secret: signatureSecret });`,
  },
  ERR_SIGNATURE_INVALID: {
    provokes: `const params = signParams({ text: 'Hello' }, { secret: signatureSecret });
verifyParams(params, { secret: apiSecret });`,
    avoids: `const params = signParams({ text: 'Hello' }, { secret: signatureSecret });
verifyParams(params, { secret: signatureSecret });`,
  },
  ERR_TIMESTAMP_OUT_OF_TOLERANCE: {
    provokes: `const timestamp = now() - 600;
const params = signParams({ text: 'Hello' }, { secret: signatureSecret, timestamp });
verifyParams(params, { secret: signatureSecret });`,
    avoids: `const timestamp = now() - 600;
const params = signParams({ text: 'Hello' }, { secret: signatureSecret, timestamp });
verifyParams(params, { secret: signatureSecret, tolerance: 900 });`,
  },
  ERR_WEBHOOK_UNSIGNED: {
    provokes: `await verifier.verify({ method: 'POST', url: '/webhooks', headers: {}, rawBody: '{}' });`,
    avoids: `await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
  },
  ERR_WEBHOOK_MALFORMED: {
    provokes: `const headers = { authorization: 'Bearer abc' };
await verifier.verify({ method: 'POST', url: '/webhooks', headers, rawBody: '{}' });`,
    avoids: `await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
  },
  ERR_WEBHOOK_ALGORITHM: {
    provokes: `const headers = { authorization: \`Bearer \${token}\` }; // a token of an application: RS256
await verifier.verify({ method: 'POST', url: '/webhooks', headers, rawBody: '{}' });`,
    avoids: `await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
  },
  ERR_WEBHOOK_UNKNOWN_ACCOUNT: {
    provokes: `const accounts = new Map([['efgh5678', signatureSecret]]);
const verifier = new WebhookVerifier({ secrets: (apiKey) => accounts.get(apiKey) });
await verifier.verify(webhook); // of the account abcd1234`,
    avoids: `const accounts = new Map([['abcd1234', signatureSecret]]);
const verifier = new WebhookVerifier({ secrets: (apiKey) => accounts.get(apiKey) });
await verifier.verify(webhook);`,
  },
  ERR_WEBHOOK_SIGNATURE: {
    provokes: `await new WebhookVerifier({ secrets: apiSecret }).verify(webhook);`,
    avoids: `await new WebhookVerifier({ secrets: signatureSecret }).verify(webhook);`,
  },
  ERR_WEBHOOK_TOO_OLD: {
    provokes: `const old = signWebhook({ secret: signatureSecret, apiKey, body: {}, iat: now() - 3600 });
await new WebhookVerifier({ secrets: signatureSecret }).verify(old);`,
    avoids: `const old = signWebhook({ secret: signatureSecret, apiKey, body: {}, iat: now() - 3600 });
await new WebhookVerifier({ secrets: signatureSecret, maxAge: 86_400 }).verify(old);`,
  },
  ERR_WEBHOOK_FROM_FUTURE: {
    provokes: `const early = signWebhook({ secret: signatureSecret, apiKey, body: {}, iat: now() + 600 });
await new WebhookVerifier({ secrets: signatureSecret }).verify(early);`,
    avoids: `const early = signWebhook({ secret: signatureSecret, apiKey, body: {}, iat: now() + 600 });
await new WebhookVerifier({ secrets: signatureSecret, clockTolerance: 900 }).verify(early);`,
  },
  ERR_WEBHOOK_TAMPERED: {
    provokes: `const body = JSON.stringify(JSON.parse(webhook.rawBody), null, 2);
await verifier.verify({ ...webhook, rawBody: body });`,
    avoids: `await verifier.verify({ ...webhook, rawBody: webhook.rawBody });`,
  },
  ERR_WEBHOOK_PENDING: {
    provokes: `const replayGuard = new MemoryReplayGuard();
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
await verifier.receive(webhook);
await verifier.receive(webhook); // The first one was neither confirmed nor released.`,
    avoids: `const replayGuard = new MemoryReplayGuard();
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
const { release } = await verifier.receive(webhook);
await release(); // The handler has failed.
await verifier.receive(webhook);`,
  },
  ERR_WEBHOOK_HANDLED: {
    provokes: `const replayGuard = new MemoryReplayGuard();
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
await verifier.verify(webhook);
await verifier.verify(webhook);`,
    avoids: `const replayGuard = new MemoryReplayGuard();
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
await verifier.verify(webhook);
await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
  },
  ERR_WEBHOOK_BODY_PARSED: {
    provokes: `await verifier.verify({ ...webhook, rawBody: { text: 'Hello' } });`,
    avoids: `await verifier.verify({ ...webhook, rawBody: '{"text":"Hello"}' });`,
  },
  ERR_WEBHOOK_BODY_TOO_LARGE: {
    provokes: `const handle = verifyWebhook(verifier, { limit: 10 })(() => Response.json({}));
const answer = await handle(new Request('https://acme.test/webhooks', signed));
if (!answer.ok) throw await answer.json();`,
    avoids: `const handle = verifyWebhook(verifier, { limit: 1024 })(() => Response.json({}));
const answer = await handle(new Request('https://acme.test/webhooks', signed));
if (!answer.ok) throw await answer.json();`,
  },
  ERR_WEBHOOK_SECRETS_FAILED: {
    provokes: `const secrets = async () => {
  throw new Error('The database is down.');
};
await new WebhookVerifier({ secrets }).verify(webhook);`,
    avoids: `const secrets = async () => signatureSecret;
await new WebhookVerifier({ secrets }).verify(webhook);`,
  },
  ERR_WEBHOOK_SECRETS_TIMEOUT: {
    provokes: `const secrets = () => new Promise(() => {});
await new WebhookVerifier({ secrets, deadline: 1 }).verify(webhook);`,
    avoids: `const secrets = () => setTimeout(10, signatureSecret);
await new WebhookVerifier({ secrets, deadline: 60 }).verify(webhook);`,
  },
  ERR_REPLAY_GUARD_UNAVAILABLE: {
    provokes: `const replayGuard = new MemoryReplayGuard({ maxEntries: 1 });
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
await verifier.verify(webhook);
await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
    avoids: `const replayGuard = new MemoryReplayGuard({ maxEntries: 100_000 });
const verifier = new WebhookVerifier({ secrets: signatureSecret, replayGuard });
await verifier.verify(webhook);
await verifier.verify(signWebhook({ secret: signatureSecret, apiKey, body: {} }));`,
  },
};
