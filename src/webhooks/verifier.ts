import { requireMethod, type SignatureMethod } from '../credentials/fields';
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
import { type Handling, Handlings } from './handling';
import { requirePayload } from './payload-hash';
import { type ReplayGuard, requireReplayGuard } from './replay-guard';
import { hasNoBody, requireBytes, requireRequest, type WebhookRequest } from './request';
import { type KeysOf, readSecrets, type WebhookSecrets } from './secrets';
import { readToken, type WebhookClaims } from './signed-token';
import { badSignature, readSmsCallback, requireSignature } from './sms-callback';
import { parametersOfParsed, parametersOfRequest } from './sms-parameters';
import { requireRecent, type TimeLimits } from './times';

export type WebhookVerifierOptions = {
  /**
   * The signature secret of the account, a list of them during a rotation, or a function that looks up
   * those of an account.
   */
  secrets: WebhookSecrets;
  /** How SMS callbacks are signed, as in the account's settings; `md5hash` by default. */
  signatureMethod?: SignatureMethod | undefined;
  /** Seconds after its signature for which a callback is accepted, beside `clockTolerance`; 300 by default. */
  maxAge?: number | undefined;
  /** Seconds by which the platform's clock may be ahead of this one or behind it; 300 by default. */
  clockTolerance?: number | undefined;
  /**
   * Has each callback accepted once. Without one, a copy of a callback is accepted until it is too old.
   * Verifiers that share one need the same `maxAge` and `clockTolerance`: it remembers for that long.
   */
  replayGuard?: ReplayGuard | undefined;
  /** Seconds after which a callback that is neither confirmed nor released is accepted again; 60 by default. */
  lease?: number | undefined;
  /** Whether a webhook without `payload_hash` is refused; true by default. */
  requirePayloadHash?: boolean | undefined;
  /**
   * The header of a webhook that holds its token, with or without `Bearer`; `Authorization` by default. In the
   * platform's cloud runtime it is `X-Vonage-Webhook-Auth-Token`.
   */
  tokenHeader?: string | undefined;
  /** Seconds within which a function that looks up secrets, and the replay guard, must answer; 10 by default. */
  deadline?: number | undefined;
  now?: Clock | undefined;
};

/** What was accepted: whoever handles it tells afterwards how that went. */
export type Received<Content> = Handling & { content: Content };

/** Where nothing is remembered. */
const unguarded: Handling = { confirm: () => Promise.resolve(), release: () => Promise.resolve() };

/**
 * Verifies what the platform sends to you: that it was signed with the account's secret, lately, and
 * is untouched; with a `replayGuard` also that it was not accepted before.
 *
 * Does not check `iss`, nor, where `secrets` is no function, that account and application are yours.
 */
export class WebhookVerifier {
  readonly #keysOf: KeysOf;
  readonly #signatureMethod: SignatureMethod;
  readonly #times: TimeLimits;
  readonly #requirePayloadHash: boolean;
  readonly #tokenHeader: string;
  readonly #now: Clock;
  readonly #handlings: Handlings | undefined;

  /** @throws NexmoAuthError `ERR_INVALID_OPTION`, `ERR_INVALID_CREDENTIAL`, `ERR_CONTROL_CHARACTER` */
  constructor(options: WebhookVerifierOptions) {
    const {
      secrets,
      deadline,
      replayGuard,
      requirePayloadHash = true,
      ...others
    } = copyOptions(options, 'The options of WebhookVerifier');
    const {
      signatureMethod,
      maxAge,
      clockTolerance,
      lease,
      tokenHeader,
      now = Date.now,
      ...unknown
    } = others;
    refuseUnknown(unknown, 'the options of WebhookVerifier');
    const seconds = (value: number | undefined, name: string) =>
      mapOptional(value, () => requireSeconds(value, name));
    this.#keysOf = readSecrets(secrets, deadline);
    this.#signatureMethod =
      mapOptional(signatureMethod, (value) => requireMethod(value)) ?? 'md5hash';
    this.#times = {
      maxAge: seconds(maxAge, 'maxAge') ?? 300,
      tolerance: seconds(clockTolerance, 'clockTolerance') ?? 300,
    };
    this.#requirePayloadHash = requireBoolean(requirePayloadHash, 'requirePayloadHash');
    this.#tokenHeader = mapOptional(tokenHeader, requireHeaderName) ?? 'authorization';
    this.#now = requireClock(now);
    const { tolerance, maxAge: age } = this.#times;
    const times = {
      lease: mapOptional(lease, (value) => requireDuration(value, 'lease')) ?? 60,
      // The longest time for which any tolerated clock still accepts it.
      memory: age + 2 * tolerance + 1,
    };
    this.#handlings = mapOptional(
      replayGuard,
      (guard) => new Handlings(requireReplayGuard(guard), times, deadline),
    );
  }

  /**
   * The claims of a webhook of Messages, Voice or Dispatch (guide "Signed webhooks"), once it is
   * accepted. With a replay guard it then counts as handled, so one whose handling fails afterwards is
   * lost: see {@link WebhookVerifier.receive}.
   *
   * @throws NexmoAuthError as `receive` does
   */
  async verify(request: WebhookRequest): Promise<WebhookClaims> {
    return confirmed(await this.receive(request));
  }

  /**
   * The parameters of an inbound SMS or a delivery receipt (guide "Signing messages"), once it is
   * accepted. Use what it gives rather than a body that a framework has parsed.
   *
   * @throws NexmoAuthError as `receiveSms` does
   */
  async verifySms(request: WebhookRequest): Promise<Record<string, string>> {
    return confirmed(await this.receiveSms(request));
  }

  /**
   * The same for parameters that a framework has parsed, as an object of named values or `URLSearchParams`. Whether
   * its parser lost something, such as one of two values of a name, cannot be seen from them.
   *
   * @throws NexmoAuthError as `receiveSmsParams` does
   */
  async verifySmsParams(params: object): Promise<Record<string, string>> {
    return confirmed(await this.receiveSmsParams(params));
  }

  /**
   * Accepts a webhook that is to be handled: `content` are its claims. Call `confirm` before you answer
   * with success, or `release` where handling it has failed.
   *
   * The token is checked before a function given as `rawBody` is called.
   *
   * @throws NexmoAuthError `ERR_WEBHOOK_UNSIGNED`, `ERR_WEBHOOK_MALFORMED`, `ERR_WEBHOOK_ALGORITHM`,
   * `ERR_WEBHOOK_UNKNOWN_ACCOUNT`, `ERR_WEBHOOK_SIGNATURE`, `ERR_WEBHOOK_TOO_OLD`,
   * `ERR_WEBHOOK_FROM_FUTURE`, `ERR_WEBHOOK_TAMPERED`, `ERR_WEBHOOK_PENDING`, `ERR_WEBHOOK_HANDLED`,
   * `ERR_REPLAY_GUARD_UNAVAILABLE`, `ERR_WEBHOOK_SECRETS_FAILED`, `ERR_WEBHOOK_SECRETS_TIMEOUT`;
   * for the argument `ERR_INVALID_REQUEST`, `ERR_WEBHOOK_BODY_PARSED`
   */
  receive(request: WebhookRequest): Promise<Received<WebhookClaims>> {
    return published('webhook', this.#receive(request));
  }

  /**
   * Accepts an inbound SMS or a delivery receipt that is to be handled: `content` are its parameters. Refuses what
   * two readers could read differently: a type other than JSON or a form, another charset than UTF-8, a name that
   * occurs twice or has `&`, `=`, `[` or `]` in it, `null`, nested values, numbers that a parser would round.
   *
   * @throws NexmoAuthError the same as `receive`, except `ERR_WEBHOOK_ALGORITHM`
   */
  receiveSms(request: WebhookRequest): Promise<Received<Record<string, string>>> {
    return published('sms', this.#receiveSms(parametersOfRequest(request)));
  }

  /**
   * The same for parameters that a framework has parsed.
   *
   * @throws NexmoAuthError the same as `receiveSms`, except `ERR_WEBHOOK_TAMPERED` and `ERR_WEBHOOK_BODY_PARSED`
   */
  receiveSmsParams(params: object): Promise<Received<Record<string, string>>> {
    const parameters = async () => Promise.resolve(parametersOfParsed(params));
    return published('sms', this.#receiveSms(parameters()));
  }

  async #receive(request: WebhookRequest): Promise<Received<WebhookClaims>> {
    requireRequest(request);
    this.#requireBytes(request);
    const { claims, isSignedWith } = readToken(request.headers, this.#tokenHeader);
    const { api_key, application_id, jti, payload_hash } = claims;
    const keys = await this.#keysOf(api_key, application_id);
    if (!keys.some(isSignedWith)) throw badSignature();
    requireRecent(claims, secondsOf(this.#now), this.#times);
    await requirePayload(request, payload_hash, this.#requirePayloadHash);
    return this.#started(claims, [api_key, jti]);
  }

  /** Without the bytes nothing can be verified: not even a forgery is the sender's fault then. */
  #requireBytes(request: WebhookRequest): void {
    const { rawBody } = request;
    if (!this.#requirePayloadHash || hasNoBody(request) || typeof rawBody === 'function') return;
    requireBytes(rawBody);
  }

  async #receiveSms(
    parameters: Promise<readonly Parameter[]>,
  ): Promise<Received<Record<string, string>>> {
    const callback = readSmsCallback(await parameters);
    const { params, apiKey, timestamp, sig } = callback;
    const keys = await this.#keysOf(apiKey);
    const secrets = keys.map((key) => key.export().toString());
    requireSignature(callback, secrets, this.#signatureMethod);
    requireRecent({ iat: timestamp }, secondsOf(this.#now), this.#times);
    // The signature covers the nonce; a value with & or = in it has the same one as with _ instead.
    return this.#started(params, ['sms', apiKey ?? '', sig]);
  }

  async #started<Content>(
    content: Content,
    identity: readonly string[],
  ): Promise<Received<Content>> {
    const handling =
      this.#handlings === undefined ? unguarded : await this.#handlings.start(identity);
    return { content, ...handling };
  }
}

async function confirmed<Content>(received: Received<Content>): Promise<Content> {
  await received.confirm();
  return received.content;
}

/** Tells who observes what became of a callback. */
async function published<Content>(
  kind: CallbackKind,
  receiving: Promise<Received<Content>>,
): Promise<Received<Content>> {
  try {
    const received = await receiving;
    publish('webhook:accepted', { kind });
    return received;
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
  throw new NexmoAuthError('ERR_INVALID_OPTION', 'tokenHeader must be the name of a header.');
}
