export { Credentials } from './credentials/credentials';
export { NexmoAuthError } from './errors';
export { attachAuth } from './http/axios';
export { createAuthFetch } from './http/fetch';
export { AuthInjector } from './injector/injector';
export { generateJwt, JwtGenerator } from './jwt/generator';
export { decodeJwt, verifyJwt } from './jwt/verify';
export { signParams, verifyParams } from './schemes/signature';

export type {
  CredentialKind,
  CredentialsOptions,
  OAuth1Credentials,
  Secrets,
  SignatureMethod,
} from './credentials/credentials';
export type { PrivateKeyInput } from './credentials/private-key';
export type { NexmoAuthErrorCode } from './errors';
export type { AxiosLike } from './http/axios';
export type { AuthInjectorOptions } from './injector/injector';
export type { Product } from './injector/products';
export type { Acl, AclRule, Claims, JwtOptions } from './jwt/claims';
export type { JwtGeneratorDefaults } from './jwt/generator';
export type { PublicKeyInput } from './jwt/public-key';
export type { DecodedJwt, VerifyJwtOptions } from './jwt/verify';
export type { Clock } from './options';
export type { AuthRequest, HeaderValue, PlainRequest, Scheme } from './schemes/scheme';
export type { SignParamsOptions, VerifyParamsOptions } from './schemes/signature';
