import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type SandboxOptions, type SandboxRequest, startSandbox } from '../../src/testing';
import { type Outcome, run } from './run';

export type Platform = {
  /** Runs a program. Its requests to the platform go to the sandbox instead. */
  run(file: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome>;
  /** The requests of all programs, in order of arrival. */
  readonly requests: readonly SandboxRequest[];
  close(): Promise<void>;
};

/** A sandbox in place of every host of the platform: the host of a request becomes the first path segment. */
export async function startPlatform(options: SandboxOptions): Promise<Platform> {
  const sandbox = await startSandbox(options);
  const { port } = new URL(sandbox.url('sms'));
  const server = createServer((request, response) => {
    const { method, headers } = request;
    const host = headers['x-platform-host'] ?? headers.host;
    const path = `/${String(host)}${String(request.url)}`;
    const forwarded = forward({ port, path, method, headers }, (answer) => {
      response.writeHead(Number(answer.statusCode), answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const PLATFORM_PORT = String((server.address() as AddressInfo).port);
  return {
    requests: sandbox.requests,
    run: (file, cwd, env) =>
      run(['--require', join(__dirname, '../e2e/route-to-sandbox.cjs'), file], {
        cwd,
        env: { PLATFORM_PORT, ...env },
      }),
    async close() {
      server.close();
      server.closeAllConnections();
      await sandbox.close();
    },
  };
}
