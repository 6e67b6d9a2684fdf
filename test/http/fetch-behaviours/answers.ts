import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

type Answer = (response: ServerResponse, request: IncomingMessage, detail: string) => unknown;

const text = 'The answer, with ä and €.';

/** Responses by the first path segment; `detail` is the second one. */
const answers: Readonly<Record<string, Answer>> = {
  status: (response, _request, detail) => {
    response.writeHead(Number(detail), { 'content-type': 'text/plain', 'x-status': detail });
    response.end(/^(204|205|304)$/.test(detail) ? undefined : 'body');
  },
  'status-text': (response) => response.writeHead(200, 'Very Fine').end('body'),
  redirect: (response, _request, detail) => {
    response.writeHead(Number(detail), { location: '/echo/landed' }).end('moved');
  },
  'redirect-back': (response) => response.writeHead(302, { location: '/redirect-back' }).end(),
  'redirect-nowhere': (response) => response.writeHead(302).end('moved'),
  bytes: (response, _request, detail) => response.end(Buffer.alloc(Number(detail), 'x')),
  chunks: (response) => {
    const parts = ['first,', 'second,', 'third'];
    const next = () => {
      const part = parts.shift();
      if (part === undefined) response.end();
      else response.write(part, () => setTimeout(next, 2));
    };
    next();
  },
  json: (response, _request, detail) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(detail === 'broken' ? '{' : '{"answer":42,"name":"ä"}');
  },
  form: (response) => {
    response.setHeader('content-type', 'application/x-www-form-urlencoded').end('a=1&b=%C3%A4');
  },
  multipart: (response) => {
    const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';
    response.setHeader('content-type', 'multipart/form-data; boundary=x').end(part);
  },
  bom: (response) => response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x61])),
  latin1: (response) => {
    response.setHeader('content-type', 'text/plain; charset=iso-8859-1');
    response.end(Buffer.from([0xe4]));
  },
  empty: (response) => response.end(),
  coded: (response, _request, detail) => {
    const coders: Record<string, (text: string) => Buffer> = {
      gzip: gzipSync,
      'x-gzip': gzipSync,
      deflate: deflateSync,
      br: brotliCompressSync,
    };
    response.setHeader('content-encoding', detail);
    response.end(coders[detail]?.(text) ?? text);
  },
  'coded-twice': (response) => {
    response.setHeader('content-encoding', 'gzip, br').end(brotliCompressSync(gzipSync(text)));
  },
  'coded-broken': (response) => response.setHeader('content-encoding', 'gzip').end('not gzip'),
  cookies: (response) => response.setHeader('set-cookie', ['a=1; Path=/', 'b=2']).end('body'),
  headers: (response) => {
    response.writeHead(200, [
      ...['X-Twice', 'a', 'x-twice', 'b', 'X-Case', 'Kept', 'X-Empty', '', 'Link', '<a>; rel=b'],
      ...['X-Latin', Buffer.from('ä').toString('latin1')],
    ]);
    response.end('body');
  },
  trailers: (response) => {
    response.writeHead(200, { trailer: 'x-after' }).write('body');
    response.addTrailers({ 'x-after': 'trailer' });
    response.end();
  },
  hints: (response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' });
    response.end('body');
  },
  silent: () => undefined,
  hang: (response) => response.write('first'),
  cut: (response, request) => {
    response.writeHead(200, { 'content-length': 10 });
    response.write('first', () => setTimeout(() => request.socket.destroy(), 5));
  },
  'cut-chunked': (response, request) => {
    response.write('first', () => setTimeout(() => request.socket.destroy(), 5));
  },
  'too-long': (response, request) => {
    request.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nlonger');
    response.destroy();
  },
  malformed: (_response, request) => {
    request.socket.end('HTTP/1.1 200 OK\r\nbad header\r\n\r\n');
  },
  reset: (_response, request) => {
    request.socket.destroy();
  },
};

export function answerTo(path: string, request: IncomingMessage, response: ServerResponse): void {
  const [, kind = '', detail = ''] = new URL(path, 'http://server.test').pathname.split('/');
  const answer: Answer = answers[kind] ?? (() => response.end('echo'));
  const { method = '', headers } = request;
  response.setHeader('x-method', method);
  const isWithoutBody = method === 'GET' && headers['content-length'] === undefined;
  if (isWithoutBody) answer(response, request, detail);
  else request.resume().on('end', () => answer(response, request, detail));
}
