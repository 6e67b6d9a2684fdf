export { Credentials } from './credentials/credentials';
export { fromEnv } from './credentials/env';
export { fromFile } from './credentials/file';
export { fromChain } from './credentials/providers';
export { sharedProvider } from './credentials/shared';
export { NexmoAuthError } from './errors';
export { attachAuth } from './http/axios';
export { explainRefusal } from './http/explain-refusal';
export { createAuthFetch } from './http/fetch';
export { AuthInjector } from './injector/injector';
export { decodeJwt } from './jwt/decode';
export { generateJwt, generateVideoToken, JwtGenerator } from './jwt/generator';
export { verifyJwt } from './jwt/verify';
export { OAuth1Flow } from './oauth1/flow';
export { signParams, verifyParams } from './schemes/sms-signature';
export { vonageAuth } from './vonage/vonage-auth';
export { MemoryReplayGuard } from './webhooks/memory-replay-guard';
export { RedisReplayGuard } from './webhooks/redis-replay-guard';
export { WebhookVerifier } from './webhooks/verifier';

export type { CredentialKind, Secrets } from './credentials/credentials';
export type {
  CredentialsOptions,
  OAuth1Credentials,
  OpenTokCredentials,
  Rotatable,
} from './credentials/fields';
export type { FromFileOptions } from './credentials/file';
export type { PrivateKeyInput } from './credentials/private-key';
export type {
  CredentialsProvider,
  ExpiringCredentials,
  ProvidedCredentials,
  ProviderContext,
  ProviderFunction,
} from './credentials/providers';
export type { SharedProviderOptions } from './credentials/shared';
export type { SignatureMethod } from './credentials/signature-method';
export type { ProviderOptions } from './credentials/source';
export type { DeadlineOptions } from './deadline';
export type {
  CallbackKind,
  CredentialEvent,
  DiagnosticsEvents,
  RefusalEvent,
  TokenEvent,
} from './diagnostics';
export type { NexmoAuthErrorCode } from './errors';
export type { AxiosLike } from './http/axios-client';
export type { ExplainableAnswer } from './http/explain-refusal';
export type { Attempt, CredentialOptions } from './injector/attempt';
export type { AuthInjectorOptions, AuthSource, InjectOptions } from './injector/injector';
export type { ProductOptions } from './injector/product-lookup';
export type { Product, Refusal } from './injector/products';
export type { RefusalExplanation } from './injector/refusal-causes';
export type { PlatformAnswer } from './injector/refusal-report';
export type { Acl, AclRule, Claims, JwtOptions } from './jwt/claims';
export type { DecodedJwt } from './jwt/decode';
export type { JwtGeneratorDefaults } from './jwt/generator';
export type { PublicKeyInput } from './jwt/public-key';
export type { Signer, SignerOptions } from './jwt/external-signer';
export type { CacheOptions, IssuedToken, SignedToken } from './jwt/token-cache';
export type { VerifyJwtOptions } from './jwt/verify';
export type { OAuth1Endpoints } from './oauth1/endpoints';
export type { OAuth1FlowOptions } from './oauth1/flow';
export type { AxiosRequester } from './oauth1/send';
export type { VideoRole, VideoTokenOptions } from './jwt/video';
export type { Clock } from './options';
export type {
  AuthRequest,
  HeaderValue,
  InjectedHeaders,
  InjectedParams,
  PlainRequest,
  Scheme,
} from './schemes/scheme';
export type { SignParamsOptions, VerifyParamsOptions } from './schemes/sms-signature';
export type {
  VonageAuth,
  VonageAuthOptions,
  VonageQueryParams,
  VonageSignature,
  VonageSignedParams,
} from './vonage/vonage-auth';
export type { Claim } from './webhooks/claim';
export type { MemoryReplayGuardOptions } from './webhooks/memory-replay-guard';
export type { RedisClient } from './webhooks/redis-client';
export type { RedisReplayGuardOptions } from './webhooks/redis-replay-guard';
export type { ReplayGuard } from './webhooks/replay-guard';
export type { RawBody, RawBytes, WebhookHeaders, WebhookRequest } from './webhooks/request';
export type { SecretsLookup, SignatureSecrets, WebhookSecrets } from './webhooks/secrets';
export type { WebhookClaims } from './webhooks/signed-token';
export type { ClaimedCallback, WebhookVerifierOptions } from './webhooks/verifier';
