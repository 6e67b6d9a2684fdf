// Only type-checked: every public name as a user would write it, in a project of the user's.
import { generateKeyPairSync } from 'node:crypto';
import axios from 'axios';
import {
  attachAuth,
  AuthInjector,
  createAuthFetch,
  Credentials,
  decodeJwt,
  generateJwt,
  JwtGenerator,
  NexmoAuthError,
  signParams,
  verifyJwt,
  verifyParams,
  type Acl,
  type AclRule,
  type AuthInjectorOptions,
  type AuthRequest,
  type AxiosLike,
  type Claims,
  type Clock,
  type CredentialKind,
  type CredentialsOptions,
  type DecodedJwt,
  type HeaderValue,
  type JwtGeneratorDefaults,
  type JwtOptions,
  type NexmoAuthErrorCode,
  type OAuth1Credentials,
  type PlainRequest,
  type PrivateKeyInput,
  type Product,
  type PublicKeyInput,
  type Scheme,
  type Secrets,
  type SignatureMethod,
  type SignParamsOptions,
  type VerifyJwtOptions,
  type VerifyParamsOptions,
} from 'nexmo-auth';
import {
  startSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxProduct,
  type SandboxRequest,
  type SandboxScheme,
  type SandboxSignatureMethod,
} from 'nexmo-auth/testing';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const privateKey: PrivateKeyInput = pair.privateKey;
const publicKey: PublicKeyInput = Buffer.from('PEM');
const now: Clock = Date.now;

const signatureMethod: SignatureMethod = 'sha256';
const oauth1: OAuth1Credentials = { consumerKey: 'key', consumerSecret: 'secret' };
const held: CredentialsOptions = {
  apiKey: process.env['NEXMO_API_KEY'],
  apiSecret: ['current', 'previous'],
  applicationId: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  privateKey,
  passphrase: undefined,
  signatureMethod,
  oauth1,
};
const credentials = new Credentials(held).with({ apiSecret: 'next' });
const kind: CredentialKind = 'application';
export const missing: string[] = credentials.has(kind) ? [] : credentials.missing(kind);
export const revealed: Secrets['apiSecret'] = credentials.reveal('apiSecret');

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
const gateway: Product = { name: 'sms', urls: ['https://example.com/'], schemes: [scheme] };
const options: AuthInjectorOptions = { products: [gateway], schemes: { sms: scheme }, jwt: own };
const injector = new AuthInjector(credentials, options);
const request: AuthRequest = { url: 'https://rest.nexmo.com/sms/json', params: { to: '1' } };
export const injected: Promise<AuthRequest> = injector.inject(request, 'sms');

const signing: SignParamsOptions = { secret: 'secret', method: signatureMethod };
const signed: Record<string, string> = signParams({ to: 1, flash: true }, signing);
const checking: VerifyParamsOptions = { ...signing, tolerance: 60 };
export const verified: void = verifyParams(new URLSearchParams(signed), checking);
export const sandboxMethod: SandboxSignatureMethod = signatureMethod;

// What inject gives is what axios takes, and what else a request has is carried along.
interface Sms {
  to: string;
}
export async function send(params: Sms): Promise<number> {
  const url = 'https://rest.nexmo.com/sms/json';
  const traced: Record<string, HeaderValue> = { 'x-trace': 1 };
  const plain: PlainRequest<{ method: string; url: string; timeout: number; params: Sms }> =
    await injector.inject({ method: 'GET', url, timeout: 10, params, headers: traced });
  await injector.inject({ url, headers: new Headers() });
  const response = await axios.request({ ...plain, timeout: plain.timeout });
  await axios.request(await injector.inject({ method: 'GET', url }));
  return response.status;
}

const instance: AxiosLike = axios.create();
export const detach: () => void = attachAuth(instance, injector, { product: 'sms' });
attachAuth(axios.create(), injector)();
attachAuth(axios, injector)();

export const authFetch: typeof fetch = createAuthFetch(injector, { product: 'sms', fetch });

export function codeOf(error: unknown): NexmoAuthErrorCode | undefined {
  return error instanceof NexmoAuthError ? error.code : undefined;
}

const known: SandboxOptions = { apiKey: 'key', apiSecret: 'secret', publicKey, now };
export async function schemesOf(name: string): Promise<readonly SandboxScheme[]> {
  const sandbox: Sandbox = await startSandbox(known);
  const requests: readonly SandboxRequest[] = sandbox.requests;
  const found: SandboxProduct | undefined = sandbox.products.find(
    (product) => product.name === (requests[0]?.product ?? name),
  );
  new AuthInjector(credentials, { products: sandbox.products });
  await sandbox.close();
  return found?.schemes ?? [];
}

// @ts-expect-error A misspelled option does not compile.
new Credentials({ apiKee: 'key' });
// @ts-expect-error Nor does an algorithm, of which there is one.
generateJwt('id', privateKey, { algorithm: 'HS256' });
