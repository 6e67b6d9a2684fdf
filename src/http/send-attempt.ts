import { isObserved } from '../diagnostics';
import type { Attempt } from '../injector/attempt';
import type { RefusingAnswer } from '../injector/refusal-report';
import { isRepeatable } from '../injector/retry-policy';
import { unlessAborted } from './abort';
import { type Answered, problemIn, verdictOf } from './refusal';

/** How a client sends, and what its answers say. */
type Client<Answer> = {
  send: (attempt: Attempt) => Promise<Answer>;
  answered: (answer: Answer) => Answered | undefined;
  /** Frees an answer that nobody will read. */
  discard: (answer: Answer) => unknown;
  /** Of the request: whether anybody still waits. */
  signal: AbortSignal | null | undefined;
};

/** Sends an attempt, and its retry where the retry policy has one. */
export async function sendAttempt<Answer>(
  first: Attempt,
  { send, answered, discard, signal }: Client<Answer>,
): Promise<Answer> {
  const answer = await send(first);
  const seen = answered(answer);
  if (seen === undefined) return answer;
  const verdict = await verdictOf(first, seen);
  if (verdict === 'accepted') {
    first.answered(seen);
    return answer;
  }
  const refusal = await described(first, seen);
  if (!isRepeatable(first.request, verdict)) {
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
  const another = await send(second);
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
