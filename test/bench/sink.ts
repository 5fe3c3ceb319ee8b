import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { secondsOf } from './figures.ts';

export type SinkQuestion = 'report' | 'report and reset';

export interface SinkReport {
  /** Messages that arrived whole. */
  readonly messages: number;
  /** Different notices among them, by X-Notice-Id. */
  readonly notices: number;
  /** The content that arrived last, as it was on the wire. */
  readonly latest: Buffer;
}

export interface Sink {
  readonly port: number;
  /** What has arrived since the last reset. One question at a time. */
  ask(question: SinkQuestion): Promise<SinkReport>;
}

/** Starts an SMTP server that takes everything, in a process of its own. */
export async function startSink(parts: AsyncDisposableStack): Promise<Sink> {
  const child = fork(new URL('sink-process.ts', import.meta.url), { serialization: 'advanced' });
  parts.defer(() => {
    child.kill();
  });
  const [port] = (await once(child, 'message')) as [number];
  return {
    port,
    async ask(question) {
      child.send(question);
      return ((await once(child, 'message')) as [SinkReport])[0];
    },
  };
}

/** Throws unless exactly these many notices arrived, each once. Forgets them. */
export async function expectEachOnce(sink: Sink, count: number): Promise<SinkReport> {
  const report = await sink.ask('report and reset');
  if (report.messages !== count || report.notices !== count) {
    throw new Error(`${count} notices were sent; ${report.messages} mails arrived, of ${report.notices} notices`);
  }
  return report;
}

/** Messages a second that the sink takes from a sender that does nothing but write finished bytes: its ceiling. */
export async function ceilingOf(
  sink: Pick<Sink, 'port'>,
  { content, count, connections }: { content: Buffer; count: number; connections: number },
): Promise<number> {
  const dialogue = ['MAIL FROM:<a@bench.example>\r\n', 'RCPT TO:<b@bench.example>\r\n', 'DATA\r\n'];
  const steps = [...dialogue, Buffer.concat([content, Buffer.from('\r\n.\r\n')])];
  let left = count;
  const sender = async () => {
    const socket = connect({ port: sink.port, host: '127.0.0.1', noDelay: true });
    const answers = socket[Symbol.asyncIterator]();
    await answers.next();
    while (left > 0) {
      left -= 1;
      for (const step of steps) {
        socket.write(step);
        await answers.next();
      }
    }
    socket.destroy();
  };
  return count / (await secondsOf(() => Promise.all(Array.from({ length: connections }, sender))));
}
