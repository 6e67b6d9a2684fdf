// A process of its own, so that the server takes no time from the client.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"status":0}');
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
