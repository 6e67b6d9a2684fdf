import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const program = process.env.REDIS_SERVER_PATH ?? 'redis-server';

/** Calls `use` with the port of a Redis on the loopback interface. Returns undefined if there is no redis-server. */
export async function withRedis(use) {
  if (spawnSync(program, ['--version']).status !== 0) {
    console.error('Not measured, since redis-server is missing: apt-get install redis-server.');
    return undefined;
  }
  const port = await freePort();
  const server = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '']);
  for await (const text of server.stdout) if (String(text).includes('Ready to accept')) break;
  try {
    return await use(port);
  } finally {
    server.kill();
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
