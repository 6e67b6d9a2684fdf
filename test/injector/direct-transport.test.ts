import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { directTransport } from '../../src/injector/direct-transport';

test('the debug output of follow-redirects shows no credential', async () => {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const options = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    headers: { authorization: 'Bearer secret' },
  };
  await new Promise((resolve) => {
    directTransport.request(options, (response) => response.resume().on('end', resolve)).end();
  });
  expect(inspect(options)).toBe('[the options of a request with a credential]');
  server.close();
});
