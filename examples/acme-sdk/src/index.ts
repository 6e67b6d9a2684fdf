export { Acme, type AcmeOptions } from './client';
export { AcmeError, ApiError, ConnectionError, CredentialsError, RefusedError } from './errors';
export type { Insight, NumberInsight } from './number-insight';
export { gateway, nexmo, type Platform, type ProductName, region } from './platform';
export type { Sms, SmsMessage, SmsPart } from './sms';
export type { Answer, Call, Send, Transport } from './transport';
export { withAxios, withFetch } from './transport';
export type { OutboundCall, Voice, VoiceCall } from './voice';
export { webhookHandler, type WebhookHandlers } from './webhooks';
// nexmo-auth is a peer dependency, so these are the user's own classes.
export * from 'nexmo-auth';
