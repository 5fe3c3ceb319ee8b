/*
 * The receiver of the benchmarks' webhooks, in a process of its own: answers /hang never and all else at once, and keeps when
 * each event came first. `startReceiver` in receiver.ts starts it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReceiverReport } from './receiver.ts';

let count = 0;
const arrivals = new Map<string, number>();

const server = createServer((request, response) => {
  const at = performance.timeOrigin + performance.now();
  request.resume();
  if (request.url === '/hang') return;
  request.on('end', () => {
    count += 1;
    const id = `${String(request.headers['webhook-id'])} ${request.url}`;
    if (!arrivals.has(id)) arrivals.set(id, at);
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  const report: ReceiverReport = { count, arrivals: [...arrivals] };
  count = 0;
  arrivals.clear();
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
