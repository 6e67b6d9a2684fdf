import type { Laboratory } from './laboratory';

/** What an error is for whoever catches it, and what caused it. */
export function errorOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return { thrown: error };
  const { name, message, code, cause } = error as Record<string, unknown>;
  return { name, message, code, ...(cause !== undefined && { cause: errorOf(cause) }) };
}

export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => ({ error: errorOf(error) }));
}

/** Of a call that may throw. */
export async function outcomeOfCall(call: () => unknown): Promise<unknown> {
  return outcomeOf(Promise.resolve().then(call));
}

/** Everything that a Response says of itself. */
export function headOf(response: Response): object {
  const { status, statusText, ok, type, redirected, url, bodyUsed } = response;
  const { body, headers } = response;
  const isBody = body !== null;
  return { status, statusText, ok, type, redirected, url, bodyUsed, isBody, headers: [...headers] };
}

export async function answerOf(response: Response): Promise<object> {
  return { ...headOf(response), text: await outcomeOf(response.text()), isRead: response.bodyUsed };
}

/** The answer to a call of `fetch` or its error, and all that has arrived. */
export async function exchange(
  { fetch, arrived }: Laboratory,
  ...call: Parameters<typeof fetch>
): Promise<object> {
  const answer = await outcomeOf(Promise.resolve(fetch(...call)).then(answerOf));
  return { answer, arrived: [...arrived] };
}

/** Arguments of a type that TypeScript does not allow. */
export const any = (value: unknown) => value as never;
