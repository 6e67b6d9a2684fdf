import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startServer } from '../../support/server';

/** A callback as it arrived. */
export type Received = {
  method: string;
  /** From the path on. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

/** A status to answer with, or something else to do. */
export type Answer = number | ((response: ServerResponse) => void);

export type Receiver = {
  url: string;
  /** In order; where they are used up, 200 is answered. */
  answers: Answer[];
  received: Received[];
  close(): Promise<void>;
};

/** What a user's own server is: it keeps what arrives, and answers as it is told. */
export async function startReceiver(): Promise<Receiver> {
  const server = await startServer((request, response) => {
    const { method = '', url = '', headers } = request;
    void buffer(request).then((body) => {
      receiver.received.push({ method, url, headers, body });
      const answer = receiver.answers.shift() ?? 200;
      if (typeof answer === 'function') answer(response);
      else response.writeHead(answer, { location: '/elsewhere' }).end('an answer');
    });
  });
  const receiver: Receiver = {
    url: `${server.origin}/webhooks/inbound`,
    answers: [],
    received: [],
    close: () => server.close(),
  };
  return receiver;
}
