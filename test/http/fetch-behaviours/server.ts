import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { answerTo } from './answers';
import type { differences } from './differences';

/** A request as received by the server, without the credential. */
export type Arrived = { method: string; path: string; headers: string[][]; body: string };

/** The `fetch` and the classes of one copy of undici, and the server. */
export type World = {
  fetch: typeof fetch;
  Request: typeof Request;
  Headers: typeof Headers;
  FormData: typeof FormData;
  Response: typeof Response;
  origin: string;
  /** Requests that arrived since the start of the behaviour. */
  arrived: Arrived[];
};

/** A behaviour of `fetch`; `run` returns a plain value that can be compared. */
export type Behaviour = {
  name: string;
  run: (world: World) => Promise<unknown>;
  /** Whether a request may arrive after its call has failed, which requires a separate server. */
  isLate?: boolean;
  /** Why it differs with a credential. */
  differs?: keyof typeof differences;
  /** The one copy of `fetch` on which it differs; all by default. */
  differsOn?: string;
};

export type BehaviourServer = { origin: string; arrived: Arrived[]; close(): Promise<void> };

export async function startBehaviourServer(): Promise<BehaviourServer> {
  const arrived: Arrived[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    // A Date would differ between two responses.
    response.sendDate = false;
    const entry = { ...headOf(request), body: '' };
    arrived.push(entry);
    request.on('data', (chunk: Buffer) => {
      const body = entry.body + chunk.toString('latin1');
      entry.body = body.length < 10_000 ? withoutBoundary(body) : body;
    });
    request.on('error', () => undefined);
    answerTo(entry.path, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function headOf({ method, url, rawHeaders }: IncomingMessage): Omit<Arrived, 'body'> {
  const headers: string[][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([String(rawHeaders[index]), withoutBoundary(String(rawHeaders[index + 1]))]);
  }
  const isKept = ([name]: string[]) => !/^(host|authorization)$/i.test(String(name));
  const path = String(url).replace(/[?&]api_key=[^&]*&api_secret=[^&]*$|\?$/, '');
  return { method: String(method), path, headers: headers.filter(isKept).sort(byName) };
}

function byName([a = '']: string[], [b = '']: string[]): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : Number(a.toLowerCase() > b.toLowerCase());
}

/** Boundaries are random, but of equal length. */
function withoutBoundary(text: string): string {
  return text.replace(/formdata-undici-\d+/g, 'boundary');
}
