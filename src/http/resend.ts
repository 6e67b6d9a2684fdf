import type { Attempt } from '../injector/injector';
import type { PlainRequest } from '../schemes/scheme';
import { type Answered, isRefused } from './refusal';

/** How a client sends, and what its answers say; `discard` frees one that nobody will read. */
type Client<Answer> = {
  send: (request: PlainRequest) => Promise<Answer>;
  answered: (answer: Answer) => Answered | undefined;
  discard: (answer: Answer) => unknown;
};

/**
 * The one retry policy: sends, and when the platform refuses the credential, sends at most once more
 * with another. A body that can be read only once (a stream) is not sent again.
 */
export async function sendAttempt<Answer>(
  first: Attempt,
  { send, answered, discard }: Client<Answer>,
): Promise<Answer> {
  const isRefusal = async (answer: Answer) => {
    const seen = answered(answer);
    return seen !== undefined && isRefused(first.product, seen);
  };
  const answer = await send(first.request);
  if (isStream(first.request.data) || !(await isRefusal(answer))) return answer;
  const second = await first.retry();
  if (second === undefined) return answer;
  await discard(answer);
  const another = await send(second.request);
  second.ended((await isRefusal(another)) ? 'refused' : 'accepted');
  return another;
}

function isStream(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return 'pipe' in data || data instanceof ReadableStream || Symbol.asyncIterator in data;
}
