export { signSmsCallback } from './callbacks/sms-callback';
export { signWebhook } from './callbacks/webhook';
export { startSandbox } from './sandbox';

export type {
  SandboxAccount,
  SandboxOAuth1,
  SandboxOpenTok,
  SandboxSignatureMethod,
} from './account';
export type { Delivery, DeliveryAttempt, DeliverOptions } from './callbacks/deliver';
export type { ParameterValue } from './callbacks/parameters';
export type { SignedCallback } from './callbacks/signed-callback';
export type {
  SignedSmsCallback,
  SignSmsCallbackOptions,
  SmsCallbackFormat,
} from './callbacks/sms-callback';
export type { SignWebhookOptions } from './callbacks/webhook';
export type { SandboxScheme } from './documented-product';
export type { SandboxOAuth1Urls } from './oauth1/dashboard';
export type { SandboxRequest } from './parsed-request';
export type { Sandbox, SandboxOptions, SandboxProduct } from './sandbox';
