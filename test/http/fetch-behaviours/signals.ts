import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour, World } from './server';
import { any, errorOf, exchange, outcomeOf } from './observe';

type Reason = readonly [name: string, reason: unknown];

const reasons: readonly Reason[] = [
  ['no reason', undefined],
  ['an error', new RangeError('mine')],
  ['a string', 'mine'],
  ['null', null],
  ['an object', { mine: true }],
];

type When = 'at once' | 'soon' | 'arrived' | 'answered';

/** Aborts a call at once, after 30 ms, when it has arrived at the server, or when the response headers have arrived. */
async function aborted(
  { fetch, origin, arrived }: World,
  when: When,
  reason: unknown,
  init: object = {},
): Promise<unknown> {
  const controller = new AbortController();
  const path = when === 'answered' ? '/hang' : '/silent';
  const pending = fetch(`${origin}${path}`, { ...init, signal: controller.signal });
  const outcome = outcomeOf(pending.then((response) => response.text()));
  // The headers of a streamed request may be sent only with its first chunk, so `soon` does not wait for their arrival.
  if (when === 'soon') await sleep(30);
  if (when === 'arrived') while (arrived.length === 0) await sleep(1);
  if (when === 'answered') await pending;
  controller.abort(reason);
  return outcome;
}

export const signalBehaviours: Behaviour[] = [
  ...reasons.flatMap(([name, reason]): Behaviour[] => [
    {
      name: `signal: an abort before the call with ${name}`,
      run: (world) =>
        exchange(world, `${world.origin}/echo`, { signal: AbortSignal.abort(reason) }),
    },
    {
      name: `signal: an abort right after the call with ${name}`,
      isLate: true,
      run: (world) => aborted(world, 'at once', reason),
    },
    {
      name: `signal: an abort before the response with ${name}`,
      run: (world) => aborted(world, 'arrived', reason),
    },
    {
      name: `signal: an abort during the response body with ${name}`,
      run: (world) => aborted(world, 'answered', reason),
    },
    {
      name: `signal of a Request: an abort before the call with ${name}`,
      run: async (world) => {
        const init = { method: 'POST', body: 'text', signal: AbortSignal.abort(reason) };
        const request = new world.Request(`${world.origin}/echo`, init);
        return [await exchange(world, request), request.bodyUsed];
      },
    },
    {
      name: `signal of a Request: an abort before the response with ${name}`,
      run: async (world) => {
        const controller = new AbortController();
        const { signal } = controller;
        const request = new world.Request(`${world.origin}/silent`, { signal });
        const outcome = outcomeOf(world.fetch(request));
        while (world.arrived.length === 0) await sleep(1);
        controller.abort(reason);
        return outcome;
      },
    },
  ]),
  {
    name: 'signal: the identity of the reason',
    run: async ({ fetch, origin }) => {
      const reason = new Error('mine');
      const signal = AbortSignal.abort(reason);
      return (await fetch(origin, { signal }).catch((error: unknown) => error)) === reason;
    },
  },
  {
    name: 'signal: a timeout',
    run: ({ fetch, origin }) =>
      outcomeOf(fetch(`${origin}/silent`, { signal: AbortSignal.timeout(30) })),
  },
  {
    name: 'signal: a timeout during the response body',
    run: (world) => {
      const reason = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
      return aborted(world, 'answered', reason);
    },
  },
  {
    name: 'signal: AbortSignal.any of two',
    run: (world) => {
      const signal = AbortSignal.any([new AbortController().signal, AbortSignal.timeout(30)]);
      return outcomeOf(world.fetch(`${world.origin}/silent`, { signal }));
    },
  },
  {
    name: 'signal: an abort after the end',
    run: async (world) => {
      const controller = new AbortController();
      const { signal } = controller;
      const outcome = await exchange(world, `${world.origin}/echo`, { signal });
      controller.abort();
      return outcome;
    },
  },
  {
    name: 'signal: null in init with a signal in a Request',
    run: (world) => {
      const request = new world.Request(`${world.origin}/echo`, {
        signal: AbortSignal.abort(),
      });
      return exchange(world, request, { signal: null });
    },
  },
  {
    name: 'signal: a signal in init with another in a Request',
    run: (world) => {
      const request = new world.Request(`${world.origin}/echo`, {
        signal: AbortSignal.abort('of the Request'),
      });
      return exchange(world, request, { signal: AbortSignal.abort('of init') });
    },
  },
  ...[{}, 'signal', 42, new EventTarget()].map((signal, index): Behaviour => ({
    name: `signal: invalid value ${index + 1}`,
    run: (world) => exchange(world, `${world.origin}/echo`, { signal: any(signal) }),
  })),
  {
    name: 'signal: an abort while a stream is sent',
    isLate: true,
    run: async (world) => {
      const cancelled: unknown[] = [];
      const body = new ReadableStream({
        cancel: (reason) => void cancelled.push(errorOf(reason)),
      });
      const init = { method: 'POST', body, duplex: 'half' };
      const outcome = await aborted(world, 'soon', new Error('mine'), init);
      return [outcome, cancelled];
    },
  },
  {
    name: 'signal: an abort before a stream is sent',
    isLate: true,
    run: async (world) => {
      const cancelled: unknown[] = [];
      const body = new ReadableStream({
        start: (source) => {
          source.enqueue(new Uint8Array(1));
        },
        cancel: (reason) => void cancelled.push(errorOf(reason)),
      });
      const init = { method: 'POST', body, duplex: 'half', signal: AbortSignal.abort('mine') };
      const observed = await exchange(world, `${world.origin}/echo`, any(init));
      await sleep(20);
      return [observed, cancelled];
    },
  },
  {
    name: 'signal: an abort while a Request is read',
    isLate: true,
    run: async (world) => {
      const cancelled: unknown[] = [];
      let source: ReadableStreamDefaultController | undefined;
      const body = new ReadableStream({
        start: (controller) => {
          source = controller;
        },
        cancel: (reason) => void cancelled.push(errorOf(reason)),
      });
      const controller = new AbortController();
      const { signal } = controller;
      const request = new world.Request(
        `${world.origin}/echo`,
        any({ method: 'POST', body, duplex: 'half', signal }),
      );
      setTimeout(() => {
        controller.abort('mine');
      }, 20);
      const outcome = await outcomeOf(world.fetch(request));
      source?.enqueue(new Uint8Array(1));
      await sleep(20);
      return [outcome, cancelled];
    },
    differs: 'cancel',
  },
  {
    name: 'signal: an abort before a stream is read',
    run: async (world) => {
      let reads = 0;
      const pull = () => {
        reads += 1;
        return new Promise<never>(() => undefined);
      };
      const body = new ReadableStream({ pull }, { highWaterMark: 0 });
      const init = any({ method: 'POST', body, duplex: 'half', signal: AbortSignal.abort('mine') });
      const outcome = await outcomeOf(world.fetch(`${world.origin}/echo`, init));
      return [outcome, reads];
    },
    differs: 'started',
  },
  {
    name: 'signal: an abort while a Node stream is sent',
    isLate: true,
    run: async (world) => {
      const body = new Readable({ read: () => undefined });
      body.on('error', () => undefined);
      const init = { method: 'POST', body, duplex: 'half' };
      const outcome = await aborted(world, 'soon', 'mine', init);
      await sleep(20);
      return [outcome, body.destroyed];
    },
  },
];
