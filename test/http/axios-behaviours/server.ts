import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

export type BehaviourServer = {
  origin: string;
  /** Method and path of every request, without the credential. */
  received: string[];
  /** Resolves when a request has arrived whose path begins with `path`. */
  arrived: (path: string) => Promise<void>;
  /** Resolves when the connection of such a request is closed. */
  closed: (path: string) => Promise<void>;
  close: () => Promise<void>;
};

/** The parameters of the credential, which are removed before comparing. */
const inQuery = /[?&]api_key=[^&]*&api_secret=[^&]*/;

type Answer = (request: IncomingMessage, response: ServerResponse, rest: string) => unknown;

const text = 'The answer is 42. '.repeat(20);

/** Responses by the first path segment; `rest` is the second one. */
const answers: Record<string, Answer> = {
  echo: async (request, response) => {
    const body = await bodyOf(request);
    const { authorization: _, host: _host, connection: _connection, ...headers } = request.headers;
    const shown = body.length > 2000 ? digest(body) : body.toString('latin1');
    const path = withoutCredential(request.url);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, path, headers, body: shown }));
  },
  status: (_request, response, rest) => {
    response.writeHead(Number(rest), { 'content-type': 'text/plain' }).end(`status ${rest}`);
  },
  reason: (_request, response) => response.writeHead(299, 'Quite Fine').end(),
  text: (_request, response) => response.end(text),
  empty: (_request, response) => response.end(),
  json: (_request, response, rest) => {
    response.setHeader('content-type', 'application/json');
    response.end(decodeURIComponent(rest));
  },
  bom: (_request, response) => response.end('\uFEFF{"a":1}'),
  latin1: (_request, response) => response.end(Buffer.from('Größe', 'latin1')),
  bytes: (_request, response, rest) => response.end(Buffer.alloc(Number(rest), 'ab')),
  chunks: async (_request, response) => {
    for (const chunk of ['one ', 'two ', 'three']) {
      response.write(chunk);
      await wait(5);
    }
    response.end();
  },
  headers: (_request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2; HttpOnly']);
    response.setHeader('x-several', ['one', 'two']);
    response.setHeader('X-Mixed-Case', 'yes').setHeader('x-empty', '').end('{}');
  },
  encoded: (_request, response, rest) => {
    const [name = '', kind] = rest.split('-');
    const encode = {
      gzip: gzipSync,
      deflate: deflateSync,
      raw: deflateRawSync,
      br: brotliCompressSync,
    }[name];
    const bytes = (encode as typeof gzipSync)(text);
    response.setHeader('content-encoding', name === 'raw' ? 'deflate' : name);
    if (kind === 'cut') response.end(bytes.subarray(0, bytes.length >> 1));
    else if (kind === 'broken') response.end('no such encoding');
    else if (kind === 'empty') response.end();
    else response.end(bytes);
  },
  hang: () => undefined,
  drain: (request) => request.resume(),
  stall: (_request, response) => response.write('first'),
  'stall-gzip': (_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.write(gzipSync(text).subarray(0, 20));
  },
  reset: (request) => request.socket.destroy(),
  cut: (_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('first');
    setTimeout(() => response.destroy(), 10);
  },
  malformed: (request) => request.socket.end('HTTP/1.1 200 OK\r\nno header\r\n\r\n'),
  lenient: (request) =>
    request.socket.end('HTTP/1.1 200 OK\r\nx-a: a\x01b\r\nConnection: close\r\n\r\nok'),
  redirect: (request, response, rest) => {
    request.resume();
    response.writeHead(Number(rest), { location: '/echo/after' }).end();
  },
  loop: (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
  nowhere: (_request, response) => response.writeHead(302).end('nowhere'),
  /** Responds before the request body has arrived. */
  early: (request, response, rest) => {
    response.writeHead(Number(rest)).end('early');
    request.resume();
  },
  slow: async (request, response) => {
    const hash = createHash('sha256');
    let length = 0;
    let chunks = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
      if ((chunks += 1) % 32 === 0) await wait(1);
    }
    response.end(`${length} bytes ${hash.digest('hex').slice(0, 8)}`);
  },
  socket: (request, response) => response.end(String(request.socket.remotePort)),
};

export async function startBehaviourServer(): Promise<BehaviourServer> {
  const received: string[] = [];
  const closed: string[] = [];
  const server = createServer({ keepAliveTimeout: 1000 }, (request, response) => {
    const path = withoutCredential(request.url);
    received.push(`${String(request.method)} ${path}`);
    response.once('close', () => closed.push(`${String(request.method)} ${path}`));
    const [, name = '', rest = ''] = new URL(path, 'http://server').pathname.split('/');
    const answer = answers[name] ?? ((_request, other) => other.writeHead(404).end());
    void Promise.resolve(answer(request, response, rest)).catch(() => response.destroy());
  });
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    server.emit('request', request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const until = async (list: string[], path: string) => {
    for (let turn = 0; turn < 1000; turn += 1) {
      if (list.some((each) => each.includes(` ${path}`))) return;
      await wait(2);
    }
    throw new Error(`Nothing at ${path}`);
  };
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    arrived: (path) => until(received, path),
    closed: (path) => until(closed, path),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function withoutCredential(url: string | undefined): string {
  return String(url).replace(inQuery, '');
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function digest(bytes: Buffer): string {
  return `${bytes.length} bytes ${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`;
}
