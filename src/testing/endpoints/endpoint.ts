import type { Account } from '../account';
import { type HttpResponse, ok, randomHex } from '../response';

/** The data that a response may depend on. `parameters` come from the query and the body. */
export type EndpointArgs = {
  parameters: Readonly<Record<string, unknown>>;
  path: string;
  account: Account;
};

export type Endpoint = {
  methods: readonly string[];
  path: RegExp;
  required: readonly string[];
  respond: (input: EndpointArgs) => HttpResponse;
};

/** The success response of the products on rest.nexmo.com. */
export const success = (): HttpResponse =>
  ok({ 'error-code': '200', 'error-code-label': 'success' });

export const created = (body: unknown): HttpResponse => ({ status: 201, body });
export const accepted = (body: unknown): HttpResponse => ({ status: 202, body });
export const noContent = (): HttpResponse => ({ status: 204 });

export const link = (href: string) => ({ self: { href } });

export const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const eventId = (): string => randomHex(8).toUpperCase();
