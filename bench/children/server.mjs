// A process of its own, so that the client's time is not spent on the server.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"status":0}');
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
