import type { RequestListener } from 'node:http';
import type { AcceptedSms, AcceptedWebhook } from '../../src/frameworks/request';
import type { HonoContextLike } from '../../src/frameworks/hono';
import type { KoaContextLike } from '../../src/frameworks/koa';

/** The members of Koa and Hono that the tests use. */

type Callbacks = { webhook: AcceptedWebhook; smsCallback: AcceptedSms };

export type Next = () => Promise<void>;

export type KoaContext = KoaContextLike & {
  readonly request: { body?: unknown };
  readonly path: string;
  readonly query: unknown;
  readonly state: Partial<Callbacks>;
  set(headers: Record<string, string>): void;
};

export type KoaApp = {
  silent: boolean;
  use(middleware: (context: KoaContext, next: Next) => unknown): KoaApp;
  callback(): RequestListener;
};

export type HonoContext = HonoContextLike & {
  readonly req: Pick<Request, 'json' | 'text'> & {
    header(name: string): string | undefined;
    parseBody(): Promise<Record<string, unknown>>;
    query(): Record<string, string>;
  };
  get<Name extends keyof Callbacks>(name: Name): Callbacks[Name] | undefined;
  text(text: string, status: number): Response;
};

type HonoMiddleware = (
  context: HonoContext,
  next: Next,
) => Promise<Response | undefined> | Promise<void>;

export type HonoApp = {
  use(middleware: HonoMiddleware): HonoApp;
  all(path: string, ...handlers: HonoMiddleware[]): HonoApp;
  onError(handler: (error: Error, context: HonoContext) => Response): HonoApp;
  fetch: (request: Request) => Response | Promise<Response>;
};
