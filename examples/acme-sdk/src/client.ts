import { AuthInjector, MemoryReplayGuard, WebhookVerifier } from 'nexmo-auth';
import type { AuthSource, Clock, ReplayGuard } from 'nexmo-auth';
import { NumberInsight } from './number-insight';
import { nexmo, type Platform } from './platform';
import { Sms } from './sms';
import { type Call, type Transport, withFetch } from './transport';
import { Voice } from './voice';

export type AcmeOptions = {
  /** Where requests go (default: `nexmo`). In tests, a sandbox of `nexmo-auth/testing`. */
  platform?: Platform | undefined;
  /** How requests are sent (default: `withFetch()`). */
  transport?: Transport | undefined;
  /** Milliseconds after which a call fails, including its retry (default: 30,000). */
  timeout?: number | undefined;
  /** Remembers accepted webhooks (default: in the memory of this process). */
  replayGuard?: ReplayGuard | undefined;
  /** Returns milliseconds (default: `Date.now`). For requests, an injector that you pass has its own clock. */
  now?: Clock | undefined;
};

export class Acme {
  readonly sms: Sms;
  readonly numberInsight: NumberInsight;
  readonly voice: Voice;
  /** For `webhookHandler`, and for `webhookRouter` of `acme-sdk/express`. */
  readonly webhooks: WebhookVerifier;

  constructor(auth: AuthSource, options: AcmeOptions = {}) {
    const { platform = nexmo, transport = withFetch(), timeout = 30_000, now } = options;
    const { replayGuard = new MemoryReplayGuard({ now }) } = options;
    const injector = AuthInjector.from(auth, { prefer: ['basic'], now });
    const sendWith = transport(injector.with({ products: platform.products }));
    const send = (call: Call) => sendWith(call, AbortSignal.timeout(timeout));
    this.sms = new Sms(send, platform.url('sms'));
    this.numberInsight = new NumberInsight(send, platform.url('number-insight'));
    this.voice = new Voice(send, platform.url('voice'));
    this.webhooks = new WebhookVerifier({ secrets: injector, replayGuard, now });
  }
}
