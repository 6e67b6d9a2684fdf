import { request } from 'node:http';
import { connect } from 'node:net';
import type { Sandbox } from '../../src/testing';

export type RawRequest = {
  /** A path of the sandbox such as `rest.nexmo.com/sms/json`, with or without a query. */
  path: string;
  method?: string;
  /** Alternating names and values, as in Node's `rawHeaders`. A name may be repeated. */
  headers?: readonly string[];
  body?: string | Buffer;
};

const portOf = (sandbox: Sandbox): number => Number(new URL(sandbox.url('sms')).port);

/** Sends requests that fetch would refuse or normalise. Rejects if there is no response within ten seconds. */
export async function sendRaw(
  sandbox: Sandbox,
  { path, method = 'POST', headers = [], body = '' }: RawRequest,
): Promise<{ status: number; text: string }> {
  const length = ['content-length', String(Buffer.byteLength(body)), 'host', 'localhost'];
  return new Promise((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: portOf(sandbox),
      path: `/${path}`,
      method,
      headers: [...headers, ...length] as never,
      signal: AbortSignal.timeout(10_000),
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: Number(response.statusCode), text: Buffer.concat(chunks).toString() });
      });
    });
    sent.end(body);
  });
}

/** Sends a request line unmodified. Resolves to everything received until the connection ends. */
export async function sendLine(sandbox: Sandbox, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(portOf(sandbox), '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.setTimeout(5000, () => socket.destroy(new Error('There was no response.')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString());
    });
    socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`, 'latin1');
  });
}
