import { type Answer, hexId, ok } from '../response';

/** What an endpoint may use of a request: the parameters of query and body, and its path. */
export type Asked = { parameters: Readonly<Record<string, unknown>>; path: string };

export type Endpoint = {
  methods: readonly string[];
  path: RegExp;
  required: readonly string[];
  answer: (asked: Asked) => Answer;
};

/** The success of the family on rest.nexmo.com. */
export const success = (): Answer => ok({ 'error-code': '200', 'error-code-label': 'success' });

export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body: unknown): Answer => ({ status: 202, body });
export const noContent = (): Answer => ({ status: 204 });

export const link = (href: string) => ({ self: { href } });

export const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

export const eventId = (): string => hexId(8).toUpperCase();
