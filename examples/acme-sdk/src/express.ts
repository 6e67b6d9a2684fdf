import { Router } from 'express';
import type { WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/express';
import type { WebhookHandlers } from './webhooks';

/** Mount it before `express.json()`: `app.use('/webhooks', webhookRouter(acme.webhooks, handlers))`. */
export function webhookRouter(verifier: WebhookVerifier, handlers: WebhookHandlers): Router {
  const router = Router();
  for (const name of ['messages', 'calls'] as const) {
    router.post(`/${name}`, verifyWebhook(verifier), async (request, response) => {
      if (request.webhook) await handlers[name](request.body, request.webhook.claims);
      response.sendStatus(204);
    });
  }
  return router.all('/sms', verifySmsCallback(verifier), async (request, response) => {
    if (request.smsCallback) await handlers.sms(request.smsCallback.params);
    response.sendStatus(204);
  });
}
