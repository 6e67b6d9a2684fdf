import { Api, hasStrings } from './api';
import { ApiError } from './errors';

export type SmsMessage = { from: string; to: string; text: string };
/** A long text is sent in several parts. */
export type SmsPart = { status: string; to?: string; 'message-id'?: string; 'error-text'?: string };

const isAnswer = (body: unknown) => {
  const { messages } = Object(body) as { messages?: unknown };
  return Array.isArray(messages) && messages.every((part) => hasStrings(part, 'status'));
};

export class Sms extends Api {
  /** @throws AcmeError also if the platform accepted only some parts: see the `body` of the error */
  async send(data: SmsMessage): Promise<readonly SmsPart[]> {
    const call = { method: 'POST', url: 'json', data };
    const { messages } = await this.request<{ messages: readonly SmsPart[] }>(call, isAnswer);
    const failed = messages.find(({ status }) => status !== '0');
    if (failed === undefined) return messages;
    throw new ApiError(failed.status, failed['error-text'] ?? 'It was not accepted.', messages);
  }
}
