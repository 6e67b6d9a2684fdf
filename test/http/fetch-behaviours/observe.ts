import type { World } from './server';

/** The class and fields of an error, and of its cause. */
export function errorOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return { thrown: error };
  const { name, message, code, cause } = error as Record<string, unknown>;
  return { name, message, code, ...(cause !== undefined && { cause: errorOf(cause) }) };
}

export async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => ({ error: errorOf(error) }));
}

/** The result or the error of a call. */
export async function outcomeOfCall(call: () => unknown): Promise<unknown> {
  return outcomeOf(Promise.resolve().then(call));
}

/** All fields of a Response. */
export function headOf(response: Response): object {
  const { status, statusText, ok, type, redirected, url, bodyUsed } = response;
  const { body, headers } = response;
  const isBody = body !== null;
  return { status, statusText, ok, type, redirected, url, bodyUsed, isBody, headers: [...headers] };
}

export async function answerOf(response: Response): Promise<object> {
  return { ...headOf(response), text: await outcomeOf(response.text()), isRead: response.bodyUsed };
}

/** The response or the error of a call of `fetch`, and all requests that arrived. */
export async function exchange(
  { fetch, arrived }: World,
  ...call: Parameters<typeof fetch>
): Promise<object> {
  const answer = await outcomeOf(Promise.resolve(fetch(...call)).then(answerOf));
  return { answer, arrived: [...arrived] };
}

/** Casts a value that the type of the parameter does not allow. */
export const any = (value: unknown) => value as never;
