import type { SMTPServerDataStream } from 'smtp-server';
import type { Client } from './clients.ts';
import { SmtpRefusal } from './smtp-refusal.ts';

/** How many mails of the largest size are held in memory at once. */
const LARGEST_MAILS_HELD = 4;
/** How many of these the trusted clients alone may have, where there are any. */
const KEPT_FOR_TRUSTED = 1;

/** The memory that all mails share while they are received and recorded. */
export interface MailMemory {
  /**
   * Reads a mail to its end and holds it in memory until `work` on its bytes has ended. Throws an `SmtpRefusal`: 552 for a
   * mail that is too large, 452 when the memory is full, or the client's part of it. A mail that will be refused takes no
   * memory while it still comes.
   */
  hold<Result>(stream: SMTPServerDataStream, client: Client, work: (raw: Buffer) => Promise<Result>): Promise<Result>;
}

/**
 * Memory for four mails of `maxBytes`, or for more smaller ones. A client that is not trusted has the room of one at most,
 * and all of them together leave the room of one to those that are, where `hasTrusted`.
 */
export function mailMemory(maxBytes: number, hasTrusted: boolean): MailMemory {
  const total = LARGEST_MAILS_HELD * maxBytes;
  const forOthers = total - (hasTrusted ? KEPT_FOR_TRUSTED * maxBytes : 0);
  let heldByAll = 0;
  let heldByOthers = 0;
  const heldBy = new Map<string, number>();

  const hasRoom = ({ key, isTrusted }: Client, bytes: number) =>
    heldByAll + bytes <= total &&
    (isTrusted || (heldByOthers + bytes <= forOthers && (heldBy.get(key) ?? 0) + bytes <= maxBytes));
  const add = ({ key, isTrusted }: Client, bytes: number) => {
    heldByAll += bytes;
    if (isTrusted) return;
    heldByOthers += bytes;
    const held = (heldBy.get(key) ?? 0) + bytes;
    if (held === 0) heldBy.delete(key);
    else heldBy.set(key, held);
  };

  return {
    async hold(stream, client, work) {
      let mail: Buffer = Buffer.alloc(0);
      let held = 0;
      let isFull = false;
      const release = () => {
        add(client, -held);
        [mail, held] = [Buffer.alloc(0), 0];
      };
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          isFull ||= !hasRoom(client, chunk.length);
          if (stream.sizeExceeded || isFull) {
            // Read to its end all the same: a mail system waits for the response only there.
            release();
          } else {
            mail = withRoomFor(mail, held + chunk.length);
            chunk.copy(mail, held);
            held += chunk.length;
            add(client, chunk.length);
          }
        }
        if (stream.sizeExceeded) throw new SmtpRefusal(552, `5.3.4 A mail may have ${maxBytes} bytes`);
        if (isFull) throw new SmtpRefusal(452, '4.3.1 Too much mail at once, try again later');
        return await work(mail.subarray(0, held));
      } finally {
        release();
      }
    },
  };
}

/** A buffer that grows. A list of chunks would take far more memory than their bytes where a client sends single bytes. */
function withRoomFor(buffer: Buffer, bytes: number): Buffer {
  if (bytes <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * buffer.length));
  buffer.copy(larger);
  return larger;
}
