import type { Readable, Transform, TransformCallback } from 'node:stream';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';

/** nodemailer mends these: a CR or LF alone could be taken for the end of the message. */
const LONE_LINE_END = /\r(?!\n)|(?<!\r)\n/;

/**
 * A finished message for `SMTPConnection.send`, which goes to the socket in one piece. `begun` is called when the server is
 * ready and the first of it goes out.
 *
 * nodemailer expects a stream, and pipes it through a stream of its own that looks at each byte: it doubles the dots that
 * begin lines, mends lone line ends, and adds the line that ends the message (RFC 5321, 4.5.2). For a message of text we do
 * the same faster, and go around that stream with three tricks, which hold for the exact version in package.json:
 * 1. Of the stream that it gets, nodemailer calls only `pipe`, once the server is ready.
 * 2. We write to its private `_socket` ourselves.
 * 3. Then we end its stream, which tells nodemailer that the message is out. Its `_flush`, which would add the end of the
 *    message once more, is replaced.
 *
 * Where there is a lone line end to mend, its stream does the work. test/mail/transport.test.ts proves both ways.
 */
export function smtpContent(content: string, connection: SMTPConnection, begun: () => void): Readable {
  const message = {
    pipe(escaping: Transform) {
      begun();
      if (LONE_LINE_END.test(content)) escaping.end(content);
      else writeAtOnce(content, connection, escaping);
    },
  };
  return message as unknown as Readable;
}

/** Writes text, not a buffer: that would be memory outside the heap, and makes the garbage collector mark the heap often. */
function writeAtOnce(content: string, { _socket: socket }: SMTPConnection, escaping: Transform): void {
  if (!socket) return void escaping.end(content);
  socket.cork();
  socket.write((content.startsWith('.') ? '.' : '') + content.replaceAll('\n.', '\n..'));
  socket.write(content.endsWith('\n') ? '.\r\n' : '\r\n.\r\n');
  socket.uncork();
  Object.assign(escaping, { _flush: (done: TransformCallback) => done() });
  escaping.end();
}
