import { simpleParser } from 'mailparser';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { median, secondsOf } from './figures.ts';
import type { Measurement } from './measurement.ts';
import { ceilingOf, expectEachOnce, startSink, type Sink } from './sink.ts';
import { startVarsel } from './varsel.ts';

/** As many as the service has. */
const CONNECTIONS = 10;
const FROM = 'varsel@telenor.example';

/** Notices end to end with PostgreSQL, beside nodemailer's own loop with the same message, to the same sink. */
export const notices: Measurement = {
  about:
    'Notices a second from the answer to the announcement until all are recorded as accepted in PostgreSQL; beside it\n' +
    `nodemailer's own pool (${CONNECTIONS} connections, as in Varsel) with the same message: composed each time, and raw, built\n` +
    'beforehand. Rounds alternate. sink: what it takes from a sender that only writes bytes, with the same dialogue.',
  sizes: [10_000],
  rounds: 3,

  async measure(count, { rounds, parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await varsel.importControllers(count);
    await varsel.db.query('vacuum analyze');
    const perSecond = { varsel: [] as number[], composed: [] as number[], raw: [] as number[] };
    let wire: Buffer = Buffer.alloc(0);
    for (let round = 1; round <= rounds; round += 1) {
      const { changeId } = await varsel.announce();
      perSecond.varsel.push(count / (await secondsOf(() => varsel.untilAllAccepted(changeId, count))));
      ({ latest: wire } = await expectEachOnce(sink, count));
      const message = await messageIn(wire);
      perSecond.composed.push(count / (await secondsOf(() => sendAll(sink, count, () => message.composed()))));
      const { latest: composed } = await expectEachOnce(sink, count);
      if (Math.abs(composed.length / wire.length - 1) > 0.05) {
        throw new Error(`nodemailer's message has ${composed.length} bytes, Varsel's ${wire.length}`);
      }
      perSecond.raw.push(count / (await secondsOf(() => sendAll(sink, count, () => message.raw))));
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
      'sink/s': await ceilingOf(sink, { content: wire, count, connections: CONNECTIONS }),
    };
  },
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
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
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
async function sendAll(sink: Sink, count: number, next: () => SendMailOptions): Promise<void> {
  const transporter = createTransport({
    host: '127.0.0.1',
    port: sink.port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Number.MAX_SAFE_INTEGER,
  });
  let left = count;
  const sender = async () => {
    for (; left > 0;) {
      left -= 1;
      await transporter.sendMail(next());
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  transporter.close();
}
