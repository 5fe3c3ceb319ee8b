/*
 * The SMTP server of the benchmarks, in a process of its own so that it takes no time from the sender's event loop: takes
 * everything, answers at once, keeps nothing but counts and the latest content. `startSink` in sink.ts starts it.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { SinkQuestion, SinkReport } from './sink.ts';

const END_OF_CONTENT = '\r\n.\r\n';

let messages = 0;
let latest: Buffer = Buffer.alloc(0);
const notices = new Set<string>();

function take(content: Buffer): void {
  messages += 1;
  latest = content;
  const head = content.toString('latin1', 0, 2_000);
  const id = /^X-Notice-Id: (.*)$/im.exec(head)?.[1];
  if (id !== undefined) notices.add(id);
}

function answerTo(command: string): string {
  const verb = command.slice(0, 4).toUpperCase();
  // As every relay does: nodemailer then sends an envelope without waiting for each answer.
  if (verb === 'EHLO') return '250-sink\r\n250 PIPELINING\r\n';
  if (verb === 'DATA') return '354 go ahead\r\n';
  return verb === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n';
}

function converse(socket: Socket): void {
  let received: Buffer = Buffer.alloc(0);
  let isContent = false;
  socket.setNoDelay();
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (;;) {
      const mark = isContent ? END_OF_CONTENT : '\r\n';
      const end = received.indexOf(mark);
      if (end < 0) return;
      const part = received.subarray(0, end);
      received = received.subarray(end + mark.length);
      if (isContent) {
        take(part);
        isContent = false;
        socket.write('250 taken\r\n');
      } else {
        const answer = answerTo(part.toString('latin1'));
        isContent = answer.startsWith('354');
        socket.write(answer);
      }
    }
  });
  socket.write('220 sink ESMTP\r\n');
}

const server = createServer(converse);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', (question: SinkQuestion) => {
  const report: SinkReport = { messages, notices: notices.size, latest };
  if (question === 'report and reset') {
    messages = 0;
    notices.clear();
  }
  process.send?.(report);
});
process.on('disconnect', () => process.exit());
