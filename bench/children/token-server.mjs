// Answers every request, and counts the different tokens that it gets. On each message, sends the count and sets it to 0.
import { createServer } from 'node:http';

const tokens = new Set();

const server = createServer((request, response) => {
  tokens.add(request.headers.authorization);
  request.resume();
  response.setHeader('content-type', 'application/json');
  response.end('{"uuid":"1","status":"started","direction":"outbound","conversation_uuid":"2"}');
});

process.on('message', () => {
  process.send(tokens.size);
  tokens.clear();
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
