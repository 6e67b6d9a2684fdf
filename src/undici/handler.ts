/** Headers or trailers by lower-case name. */
export type NamedValues = Readonly<Record<string, string | string[] | undefined>>;

/** Alternating names and values, as they were received. */
type RawValues = readonly (Uint8Array | string)[];

/** Controls a request of undici 7 and later. */
export type Controller = {
  readonly aborted: boolean;
  readonly reason: unknown;
  readonly paused: boolean;
  rawHeaders?: unknown;
  rawTrailers?: unknown;
  abort(reason?: unknown): void;
  pause(): void;
  resume(): void;
};

/** Receives a response of undici 7 and later. */
export type Handler = {
  onRequestStart?(controller: Controller, context: unknown): void;
  onRequestUpgrade?(
    controller: Controller,
    status: number,
    headers: NamedValues,
    socket: unknown,
  ): void;
  onResponseStarted?(): void;
  onResponseStart?(
    controller: Controller,
    status: number,
    headers: NamedValues,
    statusMessage?: string,
  ): void;
  onResponseData?(controller: Controller, chunk: Uint8Array): void;
  onResponseEnd?(controller: Controller, trailers: NamedValues): void;
  onResponseError?(controller: Controller, error: Error): void;
};

/** Receives a response of undici 6. */
export type LegacyHandler = {
  onConnect?(abort: (reason?: unknown) => void, context?: unknown): void;
  onUpgrade?(status: number, rawHeaders: RawValues, socket: unknown): void;
  onResponseStarted?(): void;
  onHeaders?(
    status: number,
    rawHeaders: RawValues,
    resume: () => void,
    statusMessage?: string,
  ): unknown;
  onData?(chunk: Uint8Array): unknown;
  onComplete?(rawTrailers: RawValues | null): void;
  onError?(error: Error): void;
};

/** Wraps a handler of undici 6. Returns other handlers unchanged. */
export function modernHandler(handler: Handler | LegacyHandler): Handler {
  return isModern(handler) ? handler : fromLegacy(handler);
}

function isModern(handler: Handler | LegacyHandler): handler is Handler {
  return typeof (handler as Handler).onRequestStart === 'function';
}

function fromLegacy(handler: LegacyHandler): Handler {
  const pauseUnless = (controller: Controller, isReady: unknown) => {
    if (isReady === false) controller.pause();
  };
  return {
    onRequestStart(controller, context) {
      handler.onConnect?.((reason) => {
        controller.abort(reason);
      }, context);
    },
    onRequestUpgrade(controller, status, headers, socket) {
      handler.onUpgrade?.(status, rawValues(controller.rawHeaders, headers), socket);
    },
    onResponseStarted() {
      handler.onResponseStarted?.();
    },
    onResponseStart(controller, status, headers, statusMessage) {
      const raw = rawValues(controller.rawHeaders, headers);
      const resume = () => {
        controller.resume();
      };
      pauseUnless(controller, handler.onHeaders?.(status, raw, resume, statusMessage));
    },
    onResponseData(controller, chunk) {
      pauseUnless(controller, handler.onData?.(chunk));
    },
    onResponseEnd(controller, trailers) {
      handler.onComplete?.(rawValues(controller.rawTrailers, trailers));
    },
    onResponseError(_controller, error) {
      handler.onError?.(error);
    },
  };
}

/** Adds the methods that undici 6 calls. Later versions of undici call the methods of `handler`. */
export function withLegacyMethods(handler: Required<Handler>): Handler & LegacyHandler {
  // Set by `onConnect`, which undici calls before every other method except `onError`. `onResponseError` needs no
  // controller.
  let controller!: LegacyController;
  return {
    ...handler,
    onConnect(abort, context) {
      controller = new LegacyController(abort);
      handler.onRequestStart(controller, context);
    },
    onUpgrade(status, rawHeaders, socket) {
      controller.rawHeaders = rawHeaders;
      handler.onRequestUpgrade(controller, status, namedValues(rawHeaders), socket);
    },
    onHeaders(status, rawHeaders, resume, statusMessage) {
      controller.rawHeaders = rawHeaders;
      controller.onResume = resume;
      handler.onResponseStart(controller, status, namedValues(rawHeaders), statusMessage);
      return !controller.paused;
    },
    onData(chunk) {
      handler.onResponseData(controller, chunk);
      return !controller.paused;
    },
    onComplete(rawTrailers) {
      controller.rawTrailers = rawTrailers;
      handler.onResponseEnd(controller, namedValues(rawTrailers ?? []));
    },
    onError(error) {
      handler.onResponseError(controller, error);
    },
  };
}

class LegacyController implements Controller {
  aborted = false;
  reason: unknown = null;
  paused = false;
  rawHeaders: unknown = null;
  rawTrailers: unknown = null;
  onResume: (() => void) | undefined;
  readonly #abort: (reason?: unknown) => void;

  constructor(abort: (reason?: unknown) => void) {
    this.#abort = abort;
  }

  abort(reason?: unknown): void {
    this.aborted = true;
    this.reason = reason;
    this.#abort(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.onResume?.();
  }
}

function rawValues(raw: unknown, values: NamedValues): RawValues {
  if (Array.isArray(raw)) return raw as RawValues;
  return Object.entries(values).flatMap(([name, value]) =>
    [value ?? []].flat().flatMap((each) => [Buffer.from(name), Buffer.from(each, 'latin1')]),
  );
}

function namedValues(raw: RawValues): NamedValues {
  const values = new Map<string, string | string[]>();
  const texts = raw.map(latin1);
  for (let index = 0; index < texts.length; index += 2) {
    const name = String(texts[index]).toLowerCase();
    const value = String(texts[index + 1]);
    const known = values.get(name);
    values.set(name, known === undefined ? value : [known, value].flat());
  }
  return Object.fromEntries(values);
}

/** Header bytes as text. */
export function latin1(value: Uint8Array | string): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
}
