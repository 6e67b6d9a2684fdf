import { isObserved } from '../diagnostics';
import type { Attempt } from '../injector/attempt';
import type { RefusingAnswer } from '../injector/refusal-report';
import type { PlainRequest } from '../schemes/scheme';
import { isStream } from '../readers/brands';
import { unlessAborted } from './abort';
import { type Answered, problemIn, verdictOf } from './refusal';

/** How a client sends, and what its answers say. */
type Client<Answer> = {
  send: (request: PlainRequest) => Promise<Answer>;
  answered: (answer: Answer) => Answered | undefined;
  /** Frees an answer that nobody will read. */
  discard: (answer: Answer) => unknown;
  /** Of the request: whether anybody still waits. */
  signal: AbortSignal | null | undefined;
};

/**
 * The one retry policy: sends, and when the platform refuses the credential, sends at most once more
 * with another. A body that can be read only once (a stream) is not sent again. Whether the reason is a
 * secret, a token or the clock is for the attempt to know.
 */
export async function sendAttempt<Answer>(
  first: Attempt,
  { send, answered, discard, signal }: Client<Answer>,
): Promise<Answer> {
  const answer = await send(first.request);
  const seen = answered(answer);
  if (seen === undefined) return answer;
  const verdict = await verdictOf(first, seen);
  if (verdict === 'accepted') {
    first.answered(seen);
    return answer;
  }
  const refusal = await described(first, seen);
  // Sent again, the part of a message that was accepted would arrive twice.
  if (verdict === 'partly refused' || isStream(first.request.data)) {
    first.refused(refusal);
    return answer;
  }

  // Whatever becomes of it: an answer that broke off, say, is none of the caller's.
  const free = () =>
    void Promise.resolve(answer)
      .then(discard)
      .catch(() => undefined);
  const second = await unlessAborted(first.retry(refusal), signal).catch((error: unknown) => {
    free();
    throw error;
  });
  if (second === undefined) return answer;
  free();
  const another = await send(second.request);
  const outcome = answered(another);
  if (outcome === undefined) return another;
  if ((await verdictOf(second, outcome)) !== 'accepted') {
    second.refused(await described(second, outcome));
  } else if (isPast(outcome.status)) second.accepted(outcome);
  else second.answered(outcome);
  return another;
}

/** A refusal with what its body says of it, which is read only where somebody listens. */
async function described(
  attempt: Attempt,
  { status, date, body }: Answered,
): Promise<RefusingAnswer> {
  const text = isObserved('request:refused') ? await body() : undefined;
  return { status, date, ...(text !== undefined && problemIn(text, attempt.refusal)) };
}

/** Whether a server that answers so has let the credential pass, whatever it thinks of the rest. */
function isPast(status: number): boolean {
  return status < 500;
}
