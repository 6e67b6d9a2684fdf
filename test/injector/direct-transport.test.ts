import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
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

test.each([
  // The content type of a TLS handshake (RFC 8446, section 5.1).
  ['https:', 0x16],
  ['http:', 'G'.charCodeAt(0)],
])('a request with %s begins with the byte %i', async (protocol, first) => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const request = directTransport.request({ protocol, host: '127.0.0.1', port }, () => undefined);
  request.on('error', () => undefined).end();
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  expect(bytes[0]).toBe(first);
  socket.destroy();
  server.close();
});
