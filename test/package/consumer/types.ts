// This file is only type-checked. It uses every public name, in the project of a user.
import { generateKeyPairSync } from 'node:crypto';
import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  decodeJwt,
  explainRefusal,
  fromChain,
  fromEnv,
  fromFile,
  generateJwt,
  generateVideoToken,
  JwtGenerator,
  MemoryReplayGuard,
  NexmoAuthError,
  OAuth1Flow,
  RedisReplayGuard,
  sharedProvider,
  signParams,
  verifyJwt,
  verifyParams,
  vonageAuth,
  WebhookVerifier,
  type Acl,
  type AclRule,
  type ProviderFunction,
  type Attempt,
  type AuthInjectorOptions,
  type AuthRequest,
  type AuthSource,
  type AxiosLike,
  type AxiosRequester,
  type CacheOptions,
  type CallbackKind,
  type Claim,
  type ClaimedCallback,
  type Claims,
  type Clock,
  type CredentialEvent,
  type CredentialKind,
  type CredentialOptions,
  type CredentialsOptions,
  type CredentialsProvider,
  type DeadlineOptions,
  type DecodedJwt,
  type DiagnosticsEvents,
  type ExpiringCredentials,
  type ExplainableAnswer,
  type FromFileOptions,
  type HeaderValue,
  type InjectedHeaders,
  type InjectedParams,
  type InjectOptions,
  type IssuedToken,
  type JwtGeneratorDefaults,
  type JwtOptions,
  type MemoryReplayGuardOptions,
  type NexmoAuthErrorCode,
  type OAuth1Credentials,
  type OAuth1Endpoints,
  type OAuth1FlowOptions,
  type OpenTokCredentials,
  type ProductOptions,
  type ProvidedCredentials,
  type RefusalExplanation,
  type SharedProviderOptions,
  type PlainRequest,
  type PrivateKeyInput,
  type Product,
  type ProviderContext,
  type ProviderOptions,
  type PublicKeyInput,
  type RawBody,
  type RawBytes,
  type RedisClient,
  type RedisReplayGuardOptions,
  type Refusal,
  type RefusalEvent,
  type PlatformAnswer,
  type ReplayGuard,
  type Rotatable,
  type Scheme,
  type Secrets,
  type SecretsLookup,
  type SignedToken,
  type Signer,
  type SignerOptions,
  type SignatureSecrets,
  type SignatureMethod,
  type SignParamsOptions,
  type TokenEvent,
  type VerifyJwtOptions,
  type VerifyParamsOptions,
  type VideoRole,
  type VideoTokenOptions,
  type VonageAuth,
  type VonageAuthOptions,
  type VonageQueryParams,
  type VonageSignature,
  type VonageSignedParams,
  type WebhookClaims,
  type WebhookHeaders,
  type WebhookRequest,
  type WebhookSecrets,
  type WebhookVerifierOptions,
} from 'nexmo-auth';
import {
  signSmsCallback,
  signWebhook,
  startSandbox,
  type Delivery,
  type DeliveryAttempt,
  type DeliverOptions,
  type ParameterValue,
  type Sandbox,
  type SandboxAccount,
  type SandboxOAuth1,
  type SandboxOpenTok,
  type SandboxOAuth1Urls,
  type SandboxOptions,
  type SandboxProduct,
  type SandboxRequest,
  type SandboxScheme,
  type SandboxSignatureMethod,
  type SignedCallback,
  type SignedSmsCallback,
  type SignSmsCallbackOptions,
  type SignWebhookOptions,
  type SmsCallbackFormat,
} from 'nexmo-auth/testing';
import * as forExpress from 'nexmo-auth/express';
import * as forFastify from 'nexmo-auth/fastify';
import * as forHono from 'nexmo-auth/hono';
import * as forKoa from 'nexmo-auth/koa';
import * as forRequest from 'nexmo-auth/request';
import { authInterceptor, type UndiciInterceptor } from 'nexmo-auth/undici';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey: PrivateKeyInput = pair.privateKey;
const publicKey: PublicKeyInput = Buffer.from('PEM');
const now: Clock = Date.now;

const signatureMethod: SignatureMethod = 'sha256';
const apiSecret: Rotatable<string> = ['current', 'previous'];
const oauth1: OAuth1Credentials = { consumerKey: 'key', consumerSecret: 'secret' };
const credentialsOptions: CredentialsOptions = {
  apiKey: process.env['NEXMO_API_KEY'],
  apiSecret,
  applicationId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  privateKey,
  passphrase: undefined,
  signatureMethod,
  oauth1,
};
const credentials = new Credentials(credentialsOptions).with({ apiSecret: 'next' });
const kind: CredentialKind = 'application';
export const missing: string[] = credentials.has(kind) ? [] : credentials.missing(kind);
export const revealed: Secrets['apiSecret'] = credentials.reveal('apiSecret');

const fileOptions: FromFileOptions = { section: 'credentials' };
const manager: CredentialsProvider = async (context?: ProviderContext) => {
  context?.signal.throwIfAborted();
  return Promise.resolve(credentials);
};
const providerWithContext: ProviderFunction = async ({ signal }) =>
  Promise.resolve(manager({ signal }));
const providerOptions: ProviderOptions = {
  deadline: 5,
  maxAge: 3600,
  signal: new AbortController().signal,
};
const provider = fromChain(
  fromEnv(),
  fromFile('~/.nexmorc', fileOptions),
  manager,
  providerWithContext,
  () => credentials,
);
export const called: ProvidedCredentials | Promise<ProvidedCredentials> = provider();
const sharedOptions: SharedProviderOptions = { maxAge: 60 };
const expiring: ExpiringCredentials = { credentials, expiresAt: new Date() };
new AuthInjector(sharedProvider(() => expiring, sharedOptions));
const opentok: OpenTokCredentials = { apiKey: '46012345', apiSecret: 'secret' };
const productOptions: ProductOptions = { prefer: ['basic'] };
new AuthInjector(credentials.with({ opentok })).with(productOptions);
const answer: ExplainableAnswer = { status: 401 };
export const explanation: RefusalExplanation | undefined = explainRefusal(answer);
export const ofAxios = async () => explainRefusal(await axios.get('https://a.test/'));
export const sandboxOpenTok: SandboxOpenTok = opentok;
new AuthInjector(async ({ signal }) => manager({ signal }));
const provided = new AuthInjector(provider, { provider: providerOptions, nonce: () => 'text' });

const rule: AclRule = { methods: ['GET'], filters: { to: '447700900000' } };
const acl: Acl = { paths: { '/*/calls/**': rule } };
const defaults: JwtGeneratorDefaults = { ttl: 60, acl, now };
const own: JwtOptions = { sub: 'alice', claims: { group: 1 } };
const token: string = new JwtGenerator(credentials, defaults).generate(own);
export const another: string = generateJwt('id', privateKey, { ...own, now });
export const decoded: DecodedJwt = decodeJwt(token);
const expected: VerifyJwtOptions = { applicationId: 'id', clockTolerance: 5, maxAge: 60, now };
export const claims: Claims = verifyJwt(token, publicKey, expected);

const scheme: Scheme = 'query';
const refusal: Refusal = { json: ['status'], codes: ['4'] };
const gateway: Product = { name: 'sms', urls: ['https://a.test/'], schemes: [scheme], refusal };
const options: AuthInjectorOptions = { products: [gateway], schemes: { sms: scheme }, jwt: own };
const injector = new AuthInjector(credentials, options);
const source: AuthSource = injector;
export const same: AuthInjector = AuthInjector.from(source, options);
const request: AuthRequest = { url: 'https://rest.nexmo.com/sms/json', params: { to: '1' } };
const injectOptions: InjectOptions = { product: 'sms' };
export const injected: Promise<AuthRequest>[] = [
  injector.inject(request, 'sms'),
  injector.inject(request, injectOptions),
];

export async function retried(): Promise<Attempt | undefined> {
  const first: Attempt<{ url: string }> = await provided.attempt({ url: 'https://a.test/' });
  return first.retry();
}

const signing: SignParamsOptions = { secret: 'secret', method: signatureMethod };
const signed: Record<string, string> = signParams({ to: 1, flash: true }, signing);
const checking: VerifyParamsOptions = { ...signing, tolerance: 60 };
export const verified: void = verifyParams(new URLSearchParams(signed), checking);
export const sandboxMethod: SandboxSignatureMethod = signatureMethod;

// axios accepts the result of inject. Other fields of a request are kept.
interface Sms {
  to: string;
}
export async function send(params: Sms): Promise<number> {
  const url = 'https://rest.nexmo.com/sms/json';
  const traced: Record<string, HeaderValue> = { 'x-trace': 1 };
  type SmsRequest = { method: string; url: string; timeout: number; params: Sms; headers: object };
  const plain: PlainRequest<SmsRequest> = await injector.inject({
    method: 'GET',
    url,
    timeout: 10,
    params,
    headers: traced,
  });
  const { headers, params: found } = await injector.inject({ url, headers: new Headers() });
  const texts: InjectedHeaders<{ url: string }> = headers;
  const named: InjectedParams<{ url: string }> | undefined = found;
  new Headers(texts).set('x-query', new URLSearchParams(named).toString());
  const response = await axios.request({ ...plain, timeout: plain.timeout });
  await axios.request(await injector.inject({ method: 'GET', url }));
  return response.status;
}

const instance: AxiosLike = axios.create();
export const detach: () => void = attachAuth(instance, injector, { product: 'sms' });
attachAuth(axios.create(), injector)();
attachAuth(axios, injector)();

export const authFetch: typeof fetch = createAuthFetch(injector, { product: 'sms', fetch });

const endpoints: OAuth1Endpoints = {
  requestTokenUrl: 'https://example.com/request',
  authorizeUrl: 'https://example.com/authorize',
  accessTokenUrl: 'https://example.com/access',
};
const requester: AxiosRequester = axios.create();
const flowOptions: OAuth1FlowOptions = { endpoints, axios: requester, now };
const flow = new OAuth1Flow(new Credentials({ oauth1 }), flowOptions);
export async function granted(callback: string): Promise<Credentials> {
  const temporary = await flow.requestToken(callback);
  return flow.accessToken(temporary, flow.verifierIn(flow.authorizeUrl(temporary), temporary));
}
new OAuth1Flow(credentials, { axios });

export function codeOf(error: unknown): NexmoAuthErrorCode | undefined {
  return error instanceof NexmoAuthError ? error.code : undefined;
}

const sandboxOAuth1: SandboxOAuth1 = { consumerKey: 'key', consumerSecret: 'secret' };
const account: SandboxAccount = { apiKey: 'key', apiSecret: 'secret', oauth1: sandboxOAuth1 };
const sandboxOptions: SandboxOptions = { ...account, publicKey, now };
export async function schemesOf(name: string): Promise<readonly SandboxScheme[]> {
  const sandbox: Sandbox = await startSandbox(sandboxOptions);
  const requests: readonly SandboxRequest[] = sandbox.requests;
  const found: SandboxProduct | undefined = sandbox.products.find(
    (product) => product.name === (requests[0]?.product ?? name),
  );
  new AuthInjector(credentials, { products: sandbox.products });
  sandbox.change(account);
  const urls: SandboxOAuth1Urls = sandbox.oauth1;
  new OAuth1Flow(credentials, { endpoints: urls });
  await sandbox.close();
  return found?.schemes ?? [];
}

// @ts-expect-error A misspelled option does not compile.
new Credentials({ apiKee: 'key' });
// @ts-expect-error There is no option for the algorithm.
generateJwt('id', privateKey, { algorithm: 'HS256' });

const deadline: DeadlineOptions = { deadline: 5, signal: AbortSignal.timeout(1000) };
const signer: Signer = async (input, { signal }) => {
  signal.throwIfAborted();
  return Promise.resolve(input);
};
const signerOptions: SignerOptions = { sign: signer, publicKey: 'PEM', ...deadline };
const cacheOptions: CacheOptions = { size: 5 };
export const credentialOptions: CredentialOptions = { signer: signerOptions, cache: cacheOptions };
const role: VideoRole = 'moderator';
const video: VideoTokenOptions = { sessionId: 's', role, initialLayoutClassList: ['focus'] };
export const videoToken: string = generateVideoToken('id', privateKey, { ...video, now });
export const refusing: PlatformAnswer = { date: null, status: 403 };
export const issued = (token: IssuedToken): SignedToken => token;
export const signedEvent: DiagnosticsEvents['token:signed'] = {
  applicationId: 'id',
  iat: 1,
  exp: 2,
} satisfies TokenEvent;
export const refusedRequest: RefusalEvent = {
  product: 'voice',
  scheme: 'bearer',
  url: 'https://api.nexmo.com/v1/calls',
  willRetry: false,
};
export const attachedEvent: CredentialEvent = { product: 'sms', scheme: 'query' };

const vonageOptions: VonageAuthOptions = { signature: false };
const forVonage: VonageAuth = vonageAuth(injector, vonageOptions);
export const vonageSignature: VonageSignature | undefined = forVonage.signature;
export const forProvider = vonageAuth(manager, { jwt: { ttl: 60 }, signer, now });
export const vonageHeaders: Promise<string>[] = [
  forVonage.createBasicHeader(),
  forVonage.createBearerHeader(),
];
export const vonageQuery: Promise<VonageQueryParams> = forVonage.getQueryParams({ to: '1' });
export const vonageSigned: Promise<VonageSignedParams & { to: string }> =
  forVonage.createSignatureHash({ to: '1' });

const memory: MemoryReplayGuardOptions = { maxEntries: 10, now };
const redisOptions: RedisReplayGuardOptions = { prefix: 'webhooks:', deadline: 1 };
const redis: RedisClient = { sendCommand: (args: string[]) => Promise.resolve(args) };
export const guards: ReplayGuard[] = [
  new MemoryReplayGuard(memory),
  new RedisReplayGuard(redis, redisOptions),
];
const bothSecrets: SignatureSecrets = ['current', 'previous'];
const lookup: SecretsLookup = async (apiKey, applicationId) =>
  Promise.resolve(apiKey === applicationId ? undefined : bothSecrets);
const secrets: WebhookSecrets = lookup;
const verifierOptions: WebhookVerifierOptions = { secrets, signatureMethod, lease: 30 };
new WebhookVerifier({ secrets: credentials });
new WebhookVerifier({ secrets: () => credentials });
new WebhookVerifier({ secrets: new AuthInjector(credentials) });
const rawBytes: RawBytes = new Uint8Array();
const rawBody: RawBody = async () => Promise.resolve(rawBytes);
const webhookHeaders: WebhookHeaders = new Headers();
const webhook: WebhookRequest = { method: 'POST', url: '/', headers: webhookHeaders, rawBody };
export async function accepted(): Promise<string> {
  const guarded = new WebhookVerifier({ ...verifierOptions, replayGuard: guards[0] });
  const { content, confirm }: ClaimedCallback<WebhookClaims> = await guarded.receive(webhook);
  const { release }: Claim = await guarded.receiveSms(webhook);
  await Promise.all([confirm(), release()]);
  const params: Record<string, string> = await guarded.verifySmsParams({ text: 'Hi' });
  return params['text'] ?? (await guarded.verify(webhook)).jti + content.api_key;
}
const callbackKind: CallbackKind = 'sms';
export const refusedEvent: DiagnosticsEvents['webhook:refused'] = { kind: callbackKind, code: 'E' };

const text: ParameterValue = 'Hi';
const smsForm: SmsCallbackFormat = 'json';
const forSms: SignSmsCallbackOptions = { secret: 'secret', params: { text }, as: smsForm };
const forWebhook: SignWebhookOptions = { secret: 'secret', apiKey: 'key', body: { text } };
const smsCallback: SignedSmsCallback = signSmsCallback(forSms);
const callbacks: SignedCallback[] = [signWebhook(forWebhook), smsCallback];
export async function delivered(sandbox: Sandbox): Promise<DeliveryAttempt[]> {
  const deliverOptions: DeliverOptions = { to: 'http://localhost/', attempts: 1 };
  const [callback = smsCallback] = callbacks;
  const delivery: Delivery = await sandbox.deliver(callback, deliverOptions);
  return delivery.attempts;
}

// No framework is installed here, yet the adapters for all of them type-check.
const verifier = new WebhookVerifier({ secrets: 'secret' });
const limited: forExpress.AdapterOptions = { limit: 1000 };
export const expressMiddleware: forExpress.ExpressMiddleware[] = [
  forExpress.verifyWebhook(verifier, limited),
  forExpress.verifySmsCallback(verifier, limited),
];
export const fastifyPlugins: forFastify.FastifyPluginLike[] = [
  forFastify.verifyWebhook(verifier, limited),
  forFastify.verifySmsCallback(verifier, limited),
];
export const registered = async (scope: forFastify.FastifyLike) => fastifyPlugins[0]?.(scope);
export const honoMiddleware: forHono.HonoMiddleware[] = [
  forHono.verifyWebhook(verifier, limited),
  forHono.verifySmsCallback(verifier, limited),
];
export const honoRequest = ({ req }: forHono.HonoContextLike): Request => req.raw;
export const koaMiddleware: forKoa.KoaMiddleware[] = [
  forKoa.verifyWebhook(verifier, limited),
  forKoa.verifySmsCallback(verifier, limited),
];
export const koaStatus = ({ status }: forKoa.KoaContextLike): number => status;
const wrapWebhook: forRequest.HandlerWrapper<forRequest.AcceptedWebhook> = forRequest.verifyWebhook(
  verifier,
  limited,
);
const wrapSms: forRequest.HandlerWrapper<forRequest.AcceptedSms> = forRequest.verifySmsCallback(
  verifier,
  limited,
);
export const requestHandlers: ((request: Request) => Promise<Response>)[] = [
  wrapWebhook((_request, { claims }) => Response.json(claims.iat)),
  wrapSms((_request, { params }) => Response.json(params['text'])),
];

/** The shape of a dispatcher of undici. */
declare const agent: {
  compose(interceptor: (dispatch: UndiciDispatch) => UndiciDispatch): object;
};
type UndiciDispatch = (
  options: { path: string },
  handler: { onError?(error: Error): void },
) => boolean;
const interceptor: UndiciInterceptor = authInterceptor(injector, { product: 'voice' });
export const dispatcher: object = agent.compose(interceptor);
