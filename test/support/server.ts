import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export type TestServer = {
  origin: string;
  /** Path, headers and body of every request, as text. */
  received: string[];
  close(): Promise<void>;
};

/** A real HTTP server that records what it receives. It listens on a free loopback port. */
export async function startServer(answer: RequestListener): Promise<TestServer> {
  const received: string[] = [];
  // An idle connection stays open, because a slow test could use it just as the server closes it.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    received.push(`${String(request.url)} ${JSON.stringify(request.rawHeaders)}`);
    keepBody(request, received);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function keepBody(request: IncomingMessage, received: string[]): void {
  request.on('data', (chunk: Buffer) => received.push(chunk.toString()));
}
