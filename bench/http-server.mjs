import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Starts a server on the loopback interface, in a process of its own, and calls `use` with its origin. */
export async function withServer(use) {
  const server = fork(new URL('./children/server.mjs', import.meta.url));
  try {
    const [port] = await once(server, 'message');
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.kill();
  }
}
