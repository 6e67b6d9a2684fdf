import { requireMethod, type SignatureMethod } from '../credentials/signature-method';
import { type CallbackKind, publish } from '../diagnostics';
import { NexmoAuthError } from '../errors';
import {
  type Clock,
  copyOptions,
  mapOptional,
  refuseUnknown,
  requireClock,
  requireDuration,
  requireSeconds,
  secondsOf,
} from '../options';
import type { Parameter } from '../schemes/parameters';
import { signedValue } from '../schemes/sms-signature';
import { type CallbackIdentity, type Claim, ReplayProtection } from './claim';
import { verifyPayloadHash } from './payload-hash';
import type { ReplayGuard } from './replay-guard';
import { isGetOrHead, requireBytes, requireRequest, type WebhookRequest } from './request';
import { type KeyResolver, createKeyResolver, type WebhookSecrets } from './secrets';
import { readToken, type WebhookClaims } from './signed-token';
import { wrongSignature, readSmsCallback, requireSignature } from './sms-callback';
import { readParsedParameters, readRequestParameters } from './sms-parameters';
import { requireRecent, type TimeLimits } from './times';

/** The options of `WebhookVerifier`. */
export type WebhookVerifierOptions = {
  /**
   * The source of the signature secrets: the secret of the account, a list of secrets during a rotation, `Credentials`,
   * an `AuthInjector`, or a function that looks up the secrets of an account.
   */
  secrets: WebhookSecrets;
  /**
   * The signature method of SMS callbacks in the account settings (default: the method of the `Credentials` if
   * `secrets` gives `Credentials`, otherwise `md5hash`).
   */
  signatureMethod?: SignatureMethod | undefined;
  /** Maximum age of a callback in seconds (default: 300). `clockTolerance` is added to it. */
  maxAge?: number | undefined;
  /** Seconds by which the platform's clock may be ahead of or behind the local clock (default: 300). */
  clockTolerance?: number | undefined;
  /**
   * Makes the verifier accept each callback only once. Without a guard, copies are accepted until they are too old.
   * Verifiers that share a guard need the same `maxAge`, `clockTolerance` and `deadline`, which determine how long
   * the guard remembers a callback.
   */
  replayGuard?: ReplayGuard | undefined;
  /** Seconds after which a callback that was neither confirmed nor released is accepted again (default: 60). */
  lease?: number | undefined;
  /** Whether a webhook without `payload_hash` is refused (default: true). */
  requirePayloadHash?: boolean | undefined;
  /**
   * The header with the token of a webhook (default: `Authorization`). In any other header, the token may omit the
   * prefix `Bearer`. The platform's cloud runtime sends `X-Vonage-Webhook-Auth-Token`.
   */
  tokenHeader?: string | undefined;
  /** Seconds within which the function `secrets` and the replay guard must each settle (default: 10). */
  deadline?: number | undefined;
  /** The clock (default: `Date.now`). */
  now?: Clock | undefined;
};

/** The longest time for which a replay guard remembers a callback, in seconds. */
const maximumMemory = 10 ** 10;

/** An accepted callback and its claim. Confirm or release the claim after handling the callback. */
export type ClaimedCallback<Content> = Claim & {
  /** The claims of a webhook, or the parameters of an SMS callback. */
  content: Content;
};

/** A callback that a replay guard has not seen yet. */
type VerifiedCallback<Content> = { content: Content; identity: CallbackIdentity };

/**
 * Accepts a callback only if it is unmodified, is recent, and has a signature with the account's signature secret. With
 * a `replayGuard`, accepts each callback only once.
 *
 * Does not check `iss`. To check that the account and the application are yours, pass a function as `secrets`.
 */
export class WebhookVerifier {
  readonly #resolveKeys: KeyResolver;
  readonly #signatureMethod: SignatureMethod | undefined;
  readonly #times: TimeLimits;
  readonly #requirePayloadHash: boolean;
  readonly #tokenHeader: string;
  readonly #now: Clock;
  readonly #replayProtection: ReplayProtection;

  /**
   * @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER`;
   * `ERR_MISSING_CREDENTIAL` for `Credentials` without a signature secret
   */
  constructor(options: WebhookVerifierOptions) {
    const {
      secrets,
      signatureMethod,
      maxAge,
      clockTolerance,
      replayGuard,
      lease,
      requirePayloadHash = true,
      tokenHeader,
      deadline,
      now = Date.now,
      ...unknown
    } = copyOptions(options, 'The options of WebhookVerifier');
    refuseUnknown(unknown, 'the options of WebhookVerifier');
    const seconds = (value: number | undefined, name: string) =>
      mapOptional(value, () => requireSeconds(value, name));
    this.#resolveKeys = createKeyResolver(secrets, deadline);
    this.#signatureMethod = mapOptional(signatureMethod, (value) => requireMethod(value));
    const age = seconds(maxAge, 'maxAge') ?? 300;
    const tolerance = seconds(clockTolerance, 'clockTolerance') ?? 300;
    this.#times = { maxAge: age, tolerance };
    this.#requirePayloadHash = requireBoolean(requirePayloadHash, 'requirePayloadHash');
    this.#tokenHeader = mapOptional(tokenHeader, requireHeaderName) ?? 'authorization';
    this.#now = requireClock(now);
    const times = {
      lease: mapOptional(lease, (value) => requireDuration(value, 'lease')) ?? 60,
      // The longest time for which any tolerated clock still accepts the callback.
      memory: Math.min(age + 2 * tolerance + 1, maximumMemory),
    };
    this.#replayProtection = new ReplayProtection(replayGuard, times, deadline);
  }

  /**
   * Verifies a webhook of Messages, Voice or Dispatch (guide "Signed webhooks") and returns its claims. With a replay
   * guard, the webhook then counts as handled. If your handler or your process fails afterwards, the platform's next
   * attempt is refused. It is also refused if the guard fails after it has recorded the webhook, and cannot undo that.
   * To avoid both, use {@link WebhookVerifier.receive}.
   *
   * @throws NexmoAuthError the same as `receive`
   */
  verify(request: WebhookRequest): Promise<WebhookClaims> {
    return this.#record('webhook', this.#verify(request));
  }

  /**
   * Verifies an inbound SMS or a delivery receipt (guide "Signing messages") and returns its parameters. Use these
   * parameters, not a body that a framework has parsed.
   *
   * @throws NexmoAuthError the same as `receiveSms`
   */
  verifySms(request: WebhookRequest): Promise<Record<string, string>> {
    return this.#record('sms', this.#verifySms(readRequestParameters(request)));
  }

  /**
   * Like `verifySms`, verifies an inbound SMS or a delivery receipt, but takes parameters that a framework has parsed:
   * an object of named values or a `URLSearchParams`. Cannot detect what the parser dropped, such as the first of two
   * values with the same name.
   *
   * @throws NexmoAuthError the same as `receiveSmsParams`
   */
  verifySmsParams(params: object): Promise<Record<string, string>> {
    return this.#record('sms', this.#verifySms(readParameters(params)));
  }

  /**
   * Verifies a webhook and claims it in the replay guard. The `content` of the result is the claims of the token. Call
   * `confirm` before you respond with success, or `release` if your handler fails.
   *
   * Verifies the token before it calls the function `rawBody`.
   *
   * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_ALGORITHM`,
   * `ERR_WEBHOOK_UNKNOWN_ACCOUNT`, `ERR_WEBHOOK_SIGNATURE`, `ERR_WEBHOOK_TOO_OLD`, `ERR_WEBHOOK_FROM_FUTURE`,
   * `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`, `ERR_REPLAY_GUARD_UNAVAILABLE`,
   * `ERR_WEBHOOK_SECRETS_FAILED`, `ERR_WEBHOOK_SECRETS_TIMEOUT`; `ERR_MISSING_CREDENTIAL` for credentials without a
   * signature secret; every NexmoAuthError of a provider; `ERR_INVALID_REQUEST` or `ERR_WEBHOOK_BODY_PARSED` for an
   * invalid argument
   */
  receive(request: WebhookRequest): Promise<ClaimedCallback<WebhookClaims>> {
    return this.#claim('webhook', this.#verify(request));
  }

  /**
   * Verifies an inbound SMS or a delivery receipt and claims it in the replay guard. The `content` of the result is the
   * parameters. Refuses callbacks that two parsers could read differently:
   * - with a Content-Type other than JSON or a form, or with a charset other than UTF-8;
   * - with `null`, nested values, or numbers that a parser would round;
   * - with a name that is empty, occurs twice or contains `&`, `=`, `[` or `]`.
   *
   * @throws NexmoAuthError the same as `receive`, except `ERR_WEBHOOK_ALGORITHM`
   */
  receiveSms(request: WebhookRequest): Promise<ClaimedCallback<Record<string, string>>> {
    return this.#claim('sms', this.#verifySms(readRequestParameters(request)));
  }

  /**
   * Like `receiveSms`, verifies and claims a callback, but takes parameters that a framework has parsed.
   *
   * @throws NexmoAuthError the same as `receiveSms`, except `ERR_WEBHOOK_TAMPERED` and `ERR_WEBHOOK_BODY_PARSED`
   */
  receiveSmsParams(params: object): Promise<ClaimedCallback<Record<string, string>>> {
    return this.#claim('sms', this.#verifySms(readParameters(params)));
  }

  #record<Content>(kind: CallbackKind, verified: Promise<VerifiedCallback<Content>>) {
    return published(kind, verified, async ({ content, identity }) => {
      await this.#replayProtection.record(identity);
      return content;
    });
  }

  #claim<Content>(kind: CallbackKind, verified: Promise<VerifiedCallback<Content>>) {
    return published(kind, verified, async ({ content, identity }) => ({
      content,
      ...(await this.#replayProtection.claim(identity)),
    }));
  }

  async #verify(request: WebhookRequest): Promise<VerifiedCallback<WebhookClaims>> {
    requireRequest(request);
    this.#requireBytes(request);
    const { claims, isSignedWith } = readToken(request.headers, this.#tokenHeader);
    const { api_key, application_id, jti, payload_hash } = claims;
    const { keys } = await this.#resolveKeys(api_key, application_id);
    if (!keys.some(isSignedWith)) throw wrongSignature();
    requireRecent(claims, secondsOf(this.#now), this.#times);
    await verifyPayloadHash(request, payload_hash, this.#requirePayloadHash);
    // A sender can delay the body until a replay guard has forgotten the callback.
    requireRecent(claims, secondsOf(this.#now), this.#times);
    return { content: claims, identity: [api_key, jti] };
  }

  /**
   * Before the token is verified, checks that `rawBody` is text or bytes. A missing `rawBody` is a fault of the
   * program, so the error is thrown even if the token is forged.
   */
  #requireBytes(request: WebhookRequest): void {
    const { rawBody } = request;
    if (!this.#requirePayloadHash || isGetOrHead(request) || typeof rawBody === 'function') return;
    requireBytes(rawBody);
  }

  async #verifySms(
    parameters: Promise<readonly Parameter[]>,
  ): Promise<VerifiedCallback<Record<string, string>>> {
    const callback = readSmsCallback(await parameters);
    const { params, apiKey, timestamp, sig } = callback;
    const { keys, signatureMethod = 'md5hash' } = await this.#resolveKeys(apiKey);
    const secrets = keys.map((key) => key.export().toString());
    requireSignature(callback, secrets, this.#signatureMethod ?? signatureMethod);
    requireRecent({ iat: timestamp }, secondsOf(this.#now), this.#times);
    // Identifies the callback by sig, which covers the nonce. The values of the parameters do not identify the
    // callback: they can change without a change of sig, since & and = count as _.
    const account = signedValue(apiKey ?? '');
    return { content: params, identity: ['sms', account, sig] };
  }
}

/** Rejects for parameters that cannot be read. */
// eslint-disable-next-line @typescript-eslint/require-await -- rejects rather than throws
async function readParameters(params: object): Promise<readonly Parameter[]> {
  return readParsedParameters(params);
}

/** Publishes for diagnostics whether a callback is accepted: whether it is verified, and `accept` succeeds. */
async function published<Content, Result>(
  kind: CallbackKind,
  verified: Promise<VerifiedCallback<Content>>,
  accept: (callback: VerifiedCallback<Content>) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await accept(await verified);
    publish('webhook:accepted', { kind });
    return result;
  } catch (error) {
    if (error instanceof NexmoAuthError) publish('webhook:refused', { kind, code: error.code });
    throw error;
  }
}

function requireBoolean(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new NexmoAuthError('ERR_INVALID_OPTION', `${name} must be true or false.`);
}

function requireHeaderName(name: unknown): string {
  if (typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name.toLowerCase();
  throw new NexmoAuthError(
    'ERR_INVALID_OPTION',
    'tokenHeader must be a header name (RFC 9110, section 5.1).',
  );
}
