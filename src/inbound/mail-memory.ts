import type { SMTPServerDataStream } from 'smtp-server';
import { SmtpRefusal } from './smtp-refusal.ts';

/** How many mails of the largest size are held in memory at once. */
const LARGEST_MAILS_HELD = 4;

/** The memory that all mails share while they are received and recorded. */
export interface MailMemory {
  /**
   * Reads a mail to its end and holds it in memory until `work` on its bytes has ended. Throws an `SmtpRefusal`: 552 for a
   * mail that is too large, 452 when the shared memory is full.
   */
  hold<Result>(stream: SMTPServerDataStream, work: (raw: Buffer) => Promise<Result>): Promise<Result>;
}

/** Memory for four mails of `maxBytes`, or for more smaller ones. */
export function mailMemory(maxBytes: number): MailMemory {
  let heldByAll = 0;
  return {
    async hold(stream, work) {
      const chunks: Buffer[] = [];
      let held = 0;
      let isFull = false;
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          // A refused mail is read to its end all the same: a mail system waits for the response only there.
          if (stream.sizeExceeded || isFull) continue;
          isFull = heldByAll + chunk.length > LARGEST_MAILS_HELD * maxBytes;
          if (isFull) continue;
          chunks.push(chunk);
          held += chunk.length;
          heldByAll += chunk.length;
        }
        if (stream.sizeExceeded) throw new SmtpRefusal(552, `5.3.4 A mail may have ${maxBytes} bytes`);
        if (isFull) throw new SmtpRefusal(452, '4.3.1 Too much mail at once, try again later');
        return await work(Buffer.concat(chunks));
      } finally {
        heldByAll -= held;
      }
    },
  };
}
