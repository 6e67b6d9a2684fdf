import { Router } from 'express';
import type { WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/express';
import type { WebhookHandlers } from './webhooks';

/** Mount it before `express.json()`: `app.use('/webhooks', webhookRouter(acme.webhooks, handlers))`. */
export function webhookRouter(verifier: WebhookVerifier, handlers: WebhookHandlers): Router {
  const router = Router();
  for (const name of ['messages', 'calls'] as const) {
    router.post(`/${name}`, verifyWebhook(verifier), async ({ webhook, body }, response) => {
      if (webhook === undefined) throw new Error('verifyWebhook did not run.');
      await handlers[name](body, webhook.claims);
      response.sendStatus(204);
    });
  }
  return router.all('/sms', verifySmsCallback(verifier), async ({ smsCallback }, response) => {
    if (smsCallback === undefined) throw new Error('verifySmsCallback did not run.');
    await handlers.sms(smsCallback.params);
    response.sendStatus(204);
  });
}
