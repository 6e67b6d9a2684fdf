import { randomBytes } from 'node:crypto';

/** What the platform answers. Without a body, nothing is sent but the status. */
export type Answer = { status: number; body?: unknown };

export const ok = (body?: unknown): Answer => ({ status: 200, body });

export const smsAnswer = (message: object): Answer =>
  ok({ 'message-count': '1', messages: [message] });

export const hexId = (bytes: number): string => randomBytes(bytes).toString('hex');
