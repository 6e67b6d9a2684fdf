// Answers every request, and counts the tokens that it gets. Sends the count since the last one for each message.
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
