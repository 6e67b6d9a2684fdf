// A server in a process of its own, so that it takes no time from the client. `/large` answers with 1 MiB.
import { createServer } from 'node:http';

const small = JSON.stringify({ status: 0 });
const large = Buffer.alloc(2 ** 20, 'x');

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    const isLarge = request.url.includes('/large');
    response.setHeader('content-type', isLarge ? 'application/octet-stream' : 'application/json');
    response.end(isLarge ? large : small);
  });
});

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
