import { isObserved } from '../diagnostics';
import type { Attempt } from '../injector/attempt';
import type { PlatformAnswer } from '../injector/refusal-report';
import { isRepeatable } from '../injector/retry-policy';
import { unlessAborted } from './abort';
import { problemIn, type ResponseSummary, verdictOf } from './refusal';

/** How to send an attempt with a client, and how to read and release the outcome. */
type Client<Outcome> = {
  send: (attempt: Attempt) => Promise<Outcome>;
  /** Returns undefined for an outcome without a response. */
  summarize: (outcome: Outcome) => ResponseSummary | undefined;
  /**
   * Reads the body of a refused response until the caller gets that response, or it is discarded. In the first case, the
   * signal aborts. Undici 6 and 7 end the process if a connection closes while a part of its response is unread.
   */
  hold?: (outcome: Outcome, signal: AbortSignal) => void;
  /** Releases the body of a response that nobody will read. */
  discard: (outcome: Outcome) => unknown;
  signal: AbortSignal | null | undefined;
};

/** Sends an attempt. If its credential is refused and the retry policy has an alternative, sends one retry. */
export async function sendAttempt<Outcome>(
  attempt: Attempt,
  client: Client<Outcome>,
): Promise<Outcome> {
  const outcome = await client.send(attempt);
  const response = client.summarize(outcome);
  if (response === undefined) return outcome;
  const verdict = await verdictOf(attempt, response);
  if (verdict === 'not refused') {
    attempt.answered(response);
    return outcome;
  }
  const refusal = await describeRefusal(attempt, response);
  if (!isRepeatable(attempt.request, verdict)) {
    attempt.refused(refusal);
    return outcome;
  }

  // The caller does not get the body of the refused response, so errors of that body are ignored.
  const discard = () => {
    void Promise.resolve(outcome)
      .then(client.discard)
      .catch(() => undefined);
  };
  const holding = new AbortController();
  client.hold?.(outcome, holding.signal);
  const retrying = unlessAborted(attempt.retry(refusal), client.signal);
  const retry = await retrying.catch((error: unknown) => {
    discard();
    throw error;
  });
  if (retry === undefined) {
    holding.abort();
    return outcome;
  }
  discard();
  return sendRetry(retry, client);
}

async function sendRetry<Outcome>(
  retry: Attempt,
  { send, summarize }: Client<Outcome>,
): Promise<Outcome> {
  const outcome = await send(retry);
  const response = summarize(outcome);
  if (response === undefined) return outcome;
  const isRefused = (await verdictOf(retry, response)) !== 'not refused';
  if (isRefused) retry.refused(await describeRefusal(retry, response));
  // With a 5xx status, the server may not have checked the credential.
  else if (response.status >= 500) retry.answered(response);
  else retry.accepted(response);
  return outcome;
}

/**
 * Describes a refusal. Reads its type, title and code from the body, but only if the event `request:refused` has a
 * subscriber.
 */
async function describeRefusal(
  attempt: Attempt,
  { status, date, body }: ResponseSummary,
): Promise<PlatformAnswer> {
  const text = isObserved('request:refused') ? await body() : undefined;
  const problem = text === undefined ? undefined : problemIn(text, attempt.refusal);
  return { status, date, type: problem?.type, title: problem?.title, code: problem?.code };
}
