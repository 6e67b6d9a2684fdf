import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What replaces the answer of the sandbox. `members` are added to its body; `hangsUp` closes the connection. */
export type Fault = {
  status?: number;
  body?: unknown;
  members?: object;
  hasDate?: boolean;
  hangsUp?: boolean;
};

export type FaultyPlatform = { url: string; close(): Promise<void> };

/** Passes requests on to the sandbox. A fault replaces its answer if the URL contains the name of the fault. */
export async function startFaultyPlatform(
  origin: string,
  faults: Readonly<Record<string, Fault>>,
): Promise<FaultyPlatform> {
  const server = createServer((request, response) => {
    const path = String(request.url);
    const fault = Object.entries(faults).find(([text]) => path.includes(text))?.[1] ?? {};
    if (fault.hangsUp === true) {
      request.socket.destroy();
      return;
    }
    const { authorization = '' } = request.headers;
    fetch(origin + path, { headers: { authorization } })
      .then(async (answer) => {
        const own = await answer.text();
        const merged = { ...(JSON.parse(own) as object), ...fault.members };
        const { body = merged, hasDate = true } = fault;
        response.sendDate = false;
        response.writeHead(fault.status ?? answer.status, {
          'content-type': 'application/json',
          ...(hasDate && { date: String(answer.headers.get('date')) }),
        });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      })
      .catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
