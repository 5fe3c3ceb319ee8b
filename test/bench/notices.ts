import { simpleParser } from 'mailparser';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { median, secondsOf } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { peakMegabytes } from './memory.ts';
import { startProxy } from '../support/proxy.ts';
import { ceilingOf, expectEachOnce, startSink } from './sink.ts';
import { startVarsel } from './varsel.ts';

const FROM = 'varsel@telenor.example';

interface Line {
  readonly connections: number;
  /** What a packet and its answer take, on a line that is slower than this machine's own. */
  readonly roundTripMs: number;
}

/** Notices end to end with PostgreSQL, beside nodemailer's own loop with the same message, to the same sink. */
const noticesOver = ({ connections, roundTripMs }: Line): Measurement => ({
  about:
    'Notices a second from the answer to the announcement until all are recorded as accepted in PostgreSQL; beside it\n' +
    `nodemailer's own pool (${connections} connections, as in Varsel) with the same message: composed each time, and raw, built\n` +
    'beforehand. Rounds alternate. sink: what it takes from a sender that only writes bytes, with the same dialogue.\n' +
    (roundTripMs > 0 ? `The line has a round trip of ${roundTripMs} ms.\n` : '') +
    'peak MB: resident memory of the Node process, the highest that the kernel saw.',
  sizes: [20_000],
  rounds: 3,

  async measure(count, { rounds, parts, say }) {
    const sink = await startSink(parts);
    const line = roundTripMs > 0 ? await startProxy(() => sink.port, roundTripMs / 2) : null;
    parts.defer(async () => line?.close());
    const port = line?.port ?? sink.port;
    const varsel = await startVarsel(port, parts, { SMTP_CONNECTIONS: String(connections) });
    const send = (next: () => SendMailOptions) => sendAll({ port, connections }, count, next);
    await varsel.importControllers(count);
    await varsel.db.query('vacuum analyze');
    const perSecond = { varsel: [] as number[], composed: [] as number[], raw: [] as number[] };
    let wire: Buffer = Buffer.alloc(0);
    for (let round = 1; round <= rounds; round += 1) {
      const { changeId } = await varsel.announce();
      perSecond.varsel.push(count / (await secondsOf(() => varsel.untilAllAccepted(changeId, count))));
      ({ latest: wire } = await expectEachOnce(sink, count));
      const message = await messageIn(wire);
      perSecond.composed.push(count / (await secondsOf(() => send(() => message.composed()))));
      const { latest: composed } = await expectEachOnce(sink, count);
      if (Math.abs(composed.length / wire.length - 1) > 0.05) {
        throw new Error(`nodemailer's message has ${composed.length} bytes, Varsel's ${wire.length}`);
      }
      perSecond.raw.push(count / (await secondsOf(() => send(() => message.raw))));
      await sink.ask('report and reset');
      const latest = Object.entries(perSecond).map(([name, rates]) => `${name} ${rates.at(-1)?.toFixed(0)}/s`);
      say(`notices ${count}, round ${round}: ${latest.join(', ')}`);
    }
    return {
      notices: count,
      'KB each': wire.length / 1_000,
      'varsel/s': perSecond.varsel,
      'nodemailer/s': perSecond.composed,
      'ratio to it': median(perSecond.varsel) / median(perSecond.composed),
      'raw/s': perSecond.raw,
      'ratio to raw': median(perSecond.varsel) / median(perSecond.raw),
      'sink/s': await ceilingOf({ port }, { content: wire, count, connections }),
      'peak MB': await peakMegabytes(varsel.pid),
    };
  },
});

export const notices = {
  'notices-1': noticesOver({ connections: 1, roundTripMs: 0 }),
  'notices-10': noticesOver({ connections: 10, roundTripMs: 0 }),
  'notices-20': noticesOver({ connections: 20, roundTripMs: 0 }),
  'notices-far-10': noticesOver({ connections: 10, roundTripMs: 40 }),
  'notices-far-50': noticesOver({ connections: 50, roundTripMs: 40 }),
  'notices-far-100': noticesOver({ connections: 100, roundTripMs: 40 }),
};

/** A notice as it came over the wire, for nodemailer to send again. */
async function messageIn(wire: Buffer): Promise<{ composed: () => SendMailOptions; raw: SendMailOptions }> {
  const content = wire.toString('latin1').replaceAll('\r\n..', '\r\n.');
  const { subject, html, text, attachments } = await simpleParser(Buffer.from(content, 'latin1'));
  if (!subject || !html || !text) throw new Error('a notice without subject, HTML or text');
  const envelope = { from: FROM, to: ['dpo@kunde-1.example'] };
  return {
    composed: () => {
      const id = crypto.randomUUID();
      return {
        messageId: `<${id}@telenor.example>`,
        from: { name: 'Telenor A/S', address: FROM },
        replyTo: 'indsigelse@telenor.example',
        to: { name: 'Dorthe Persson 1', address: 'dpo@kunde-1.example' },
        envelope,
        headers: {
          'X-Notice-Id': id,
          'X-Auto-Response-Suppress': 'OOF, AutoReply',
        },
        subject,
        html,
        text,
        attachments: attachments.map(({ filename, contentType, content: file }) => ({
          filename,
          contentType,
          content: file,
        })),
      };
    },
    raw: { envelope, raw: Buffer.from(content, 'latin1') },
  };
}

/** nodemailer's pooled loop: each connection gets its next message when it has sent one. */
async function sendAll(
  { port, connections }: { port: number; connections: number },
  count: number,
  next: () => SendMailOptions,
): Promise<void> {
  const transporter = createTransport({
    host: '127.0.0.1',
    port,
    pool: true,
    maxConnections: connections,
    maxMessages: Number.MAX_SAFE_INTEGER,
  });
  let left = count;
  const sender = async () => {
    for (; left > 0;) {
      left -= 1;
      await transporter.sendMail(next());
    }
  };
  await Promise.all(Array.from({ length: connections }, sender));
  transporter.close();
}
