import type { WebhookClaims, WebhookVerifier } from 'nexmo-auth';
import { verifySmsCallback, verifyWebhook } from 'nexmo-auth/request';

/** The handlers by the last segment of the URL. If a handler throws, the platform delivers the webhook again. */
export type WebhookHandlers = {
  messages: (message: unknown, claims: WebhookClaims) => unknown;
  calls: (event: unknown, claims: WebhookClaims) => unknown;
  sms: (params: Record<string, string>) => unknown;
};

/** A router for every framework that has a web-standard `Request`. */
export function webhookHandler(verifier: WebhookVerifier, handlers: WebhookHandlers) {
  const signed = (name: 'messages' | 'calls') =>
    verifyWebhook(verifier)(async (request, { claims }) => {
      await handlers[name](await request.json(), claims);
      return new Response(null, { status: 204 });
    });
  const sms = verifySmsCallback(verifier)(async (_request, { params }) => {
    await handlers.sms(params);
    return new Response(null, { status: 204 });
  });
  const named = { messages: signed('messages'), calls: signed('calls'), sms };
  const routes = new Map(Object.entries(named));
  return async (request: Request): Promise<Response> => {
    const name = new URL(request.url).pathname.split('/').at(-1) ?? '';
    return routes.get(name)?.(request) ?? new Response(null, { status: 404 });
  };
}
