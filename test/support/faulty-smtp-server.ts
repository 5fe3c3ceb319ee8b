import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** What the server does in one phase: replies with this line, closes or resets the connection, or says nothing. */
export type Reaction = `${number} ${string}` | `${number}-${string}` | 'close' | 'reset' | 'silence';

/** Reactions that differ from those of a server that takes every message. */
export interface SmtpScript {
  greeting?: Reaction;
  ehlo?: Reaction;
  auth?: Reaction;
  mailFrom?: Reaction;
  rcptTo?: Reaction;
  data?: Reaction;
  /** Instead of reading the content to its end. */
  duringContent?: Reaction;
  afterDot?: Reaction;
}

/** What a server allows each client, and how it refuses more. A connection that is answered by 421 is closed. */
export interface SmtpLimits {
  /** The connections that were opened first may be used; the others are refused at this phase. */
  readonly connections?: { readonly most: number; readonly at: keyof SmtpScript; readonly refusal: Reaction };
  /** Messages on one connection; the next one is refused at MAIL FROM. */
  readonly messages?: { readonly most: number; readonly refusal: Reaction };
}

export interface FaultySmtpServer {
  /** Timeouts are short, so that silence is noticed within a test. */
  readonly url: string;
  /** May be changed between messages; holds for every connection. */
  script: SmtpScript;
  /** May be changed between messages, too. */
  limits: SmtpLimits;
  /** From RCPT on, for messages to these addresses. */
  readonly scriptTo: Map<string, SmtpScript>;
  /** Every command received, in order. */
  readonly commands: string[];
  /** The Message-ID of every message whose content arrived whole, whatever was answered to it. */
  readonly arrivals: string[];
  readonly connections: () => number;
  /** Closes the connections that are open, as a server does with idle ones. */
  dropConnections(): void;
  stop(): Promise<void>;
}

const REPLIES: Required<SmtpScript> = {
  greeting: '220 faulty.example ESMTP',
  ehlo: '250 faulty.example',
  auth: '235 welcome',
  mailFrom: '250 sender ok',
  rcptTo: '250 recipient ok',
  data: '354 go ahead',
  duringContent: 'silence',
  afterDot: '250 2.0.0 queued as 42',
};

/** An SMTP server that fails where the script says, on a free loopback port. */
export async function startFaultySmtpServer(script: SmtpScript = {}): Promise<FaultySmtpServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    converse(socket, faulty, () => [...sockets].indexOf(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const faulty: FaultySmtpServer = {
    url: `smtp://127.0.0.1:${port}?connectionTimeout=400&greetingTimeout=400&socketTimeout=400`,
    script,
    limits: {},
    scriptTo: new Map(),
    commands: [],
    arrivals: [],
    connections: () => opened,
    dropConnections: () => sockets.forEach((socket) => socket.end()),
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
  return faulty;
}

function converse(socket: Socket, server: FaultySmtpServer, openedBefore: () => number): void {
  let buffered = '';
  let content = false;
  let recipient = '';
  let isSilent = false;
  let isSenderTaken = false;
  let isRecipientTaken = false;
  const scripted = (phase: keyof SmtpScript) => (server.scriptTo.get(recipient) ?? server.script)[phase];
  let taken = 0;
  const refusalAt = (phase: keyof SmtpScript): Reaction | undefined => {
    const { connections, messages } = server.limits;
    if (connections?.at === phase && openedBefore() >= connections.most) return connections.refusal;
    return phase === 'mailFrom' && messages && taken >= messages.most ? messages.refusal : undefined;
  };
  const react = (phase: keyof SmtpScript) => {
    const refusal = refusalAt(phase);
    const reaction = refusal ?? scripted(phase) ?? REPLIES[phase];
    if (phase === 'afterDot' && reaction.startsWith('250')) taken += 1;
    if (refusal?.startsWith('421')) socket.end(`${refusal}\r\n`);
    else if (reaction === 'close') socket.end();
    else if (reaction === 'reset') socket.resetAndDestroy();
    else if (reaction === 'silence') isSilent = true;
    else socket.write(`${reaction}\r\n`);
    return reaction;
  };
  const answers = () => !isSilent && !socket.writableEnded && !socket.destroyed;
  const takeContent = () => {
    if (buffered.startsWith('.\r\n')) buffered = `\r\n${buffered}`;
    const end = buffered.indexOf('\r\n.\r\n');
    if (end < 0) return false;
    if (end > 0) server.arrivals.push(/^Message-ID: (.*)$/im.exec(buffered.slice(0, end))?.[1] ?? '');
    buffered = buffered.slice(end + 5);
    content = false;
    react('afterDot');
    recipient = '';
    return true;
  };
  const takeCommand = () => {
    const end = buffered.indexOf('\r\n');
    if (end < 0) return false;
    const command = buffered.slice(0, end);
    buffered = buffered.slice(end + 2);
    server.commands.push(command);
    if (/^EHLO/i.test(command)) react('ehlo');
    else if (/^AUTH/i.test(command)) react('auth');
    else if (/^MAIL FROM/i.test(command)) {
      recipient = '';
      isRecipientTaken = false;
      isSenderTaken = react('mailFrom').startsWith('250');
    } else if (/^RCPT TO/i.test(command)) {
      recipient = /<(.*?)>/.exec(command)?.[1] ?? '';
      // One that pipelines sends on behind a refusal, and is told so each time (RFC 2920).
      if (isSenderTaken || scripted('rcptTo')) isRecipientTaken = react('rcptTo').startsWith('250');
      else socket.write('503 5.5.1 no sender\r\n');
    } else if (/^DATA/i.test(command)) {
      if (isRecipientTaken || scripted('data')) content = react('data').startsWith('354');
      else socket.write('503 5.5.1 no recipient\r\n');
    } else socket.write('250 ok\r\n');
    return true;
  };
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    if (content && scripted('duringContent')) return void react('duringContent');
    while (answers() && (content ? takeContent() : takeCommand()));
  });
  react('greeting');
}
