const assert = require('node:assert/strict');

const frameworks = ['express', 'fastify', 'hono', 'koa', 'request'];

/** Passes a verifier of one module system to adapters of the other. Loading an adapter needs no framework. */
module.exports = async function receiveWebhook(library, { signWebhook }, load) {
  const secret = 'SignatureSecret1';
  const verifier = new library.WebhookVerifier({ secrets: secret });
  for (const framework of frameworks) {
    const { verifyWebhook, verifySmsCallback } = await load(`nexmo-auth/${framework}`);
    for (const adapt of [verifyWebhook, verifySmsCallback]) {
      assert.equal(typeof adapt(verifier, { limit: 1000 }), 'function');
      assert.throws(() => adapt({}), library.NexmoAuthError);
    }
  }

  const { verifyWebhook } = await load('nexmo-auth/request');
  const handler = verifyWebhook(verifier)(async (request, { claims }) =>
    Response.json([await request.json(), claims.api_key]),
  );
  const { method, headers, rawBody } = signWebhook({ secret, apiKey: 'abcd1234', body: { a: 1 } });
  const send = (body) => handler(new Request('https://example.test/', { method, headers, body }));
  assert.deepEqual(await (await send(rawBody)).json(), [{ a: 1 }, 'abcd1234']);
  assert.equal((await send('{}')).status, 401);
};
