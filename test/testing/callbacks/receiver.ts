import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { startServer } from '../../support/server';

/** A received callback. */
export type Received = {
  method: string;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
};

/** The status of a response, or a function that responds. */
export type Answer = number | ((response: ServerResponse) => void);

export type Receiver = {
  url: string;
  /** For the next requests, in order. Later requests get a 200. */
  answers: Answer[];
  received: Received[];
  close(): Promise<void>;
};

/** A server as a user would run it: records every callback and responds as `answers` says. */
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
