import { connect, type Socket } from 'node:net';

/** A conversation with an SMTP server over a raw socket: what is written is sent as it is. */
export interface SmtpTalk {
  readonly socket: Socket;
  /** How the server received the connection. */
  greeting: string;
  /** The next reply, its last line; or what had come when the connection ended. */
  reply(): Promise<string>;
  /** Writes a line and waits for the reply. */
  say(line: string): Promise<string>;
  /** Says who it is, from whom and to whom. The replies to each. */
  envelope(from: string, ...to: string[]): Promise<string[]>;
  close(): void;
}

/** Connects, and waits for the greeting. `client` is the address to connect from: on loopback every 127.x.y.z is one. */
export async function talkTo(port: number, client = '127.0.0.1'): Promise<SmtpTalk> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: client });
  let heard = '';
  let ended = false;
  let wake: () => void = () => undefined;
  socket.setEncoding('latin1').on('data', (text: string) => {
    heard += text;
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    ended = true;
    wake();
  });
  const talk: SmtpTalk = {
    socket,
    greeting: '',
    async reply() {
      for (;;) {
        const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3}(?: [^\r\n]*)?)\r?\n/.exec(heard);
        if (whole !== null) {
          heard = heard.slice(whole[0].length);
          return whole[1] ?? '';
        }
        if (ended) return heard;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    async say(line) {
      socket.write(`${line}\r\n`);
      return talk.reply();
    },
    async envelope(from, ...to) {
      const replies = [await talk.say('EHLO mx.example'), await talk.say(`MAIL FROM:<${from}>`)];
      for (const address of to) replies.push(await talk.say(`RCPT TO:<${address}>`));
      return replies;
    },
    close: () => socket.destroy(),
  };
  talk.greeting = await talk.reply();
  return talk;
}
