import { createTransport } from 'nodemailer';
import type { ReceivedMail } from './mailbox.ts';
import type { TestVarsel } from './varsel.ts';

/** What the listener answered a mail with. */
export interface SmtpAnswer {
  readonly code: number;
  readonly text: string;
}

/** Hands a mail over to the listener as a mail system does: real SMTP, from this envelope. */
export async function sendRaw(
  port: number,
  raw: string | Buffer,
  envelope: { from: string; to: string | string[] },
): Promise<SmtpAnswer> {
  const transport = createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  try {
    const { response } = await transport.sendMail({ raw: withCrlf(raw), envelope });
    return answerOf(response);
  } catch (error) {
    const { response } = error as { response?: string };
    if (response === undefined) throw error;
    return answerOf(response);
  } finally {
    transport.close();
  }
}

/** Sends a mail to Varsel, waits until it has been read, and returns the response to it. */
export async function mailIn(
  varsel: TestVarsel,
  raw: string | Buffer,
  envelope: { from: string; to: string | string[] },
): Promise<SmtpAnswer> {
  const response = await sendRaw(varsel.inboundPort, raw, envelope);
  await varsel.readMails();
  return response;
}

const answerOf = (response: string): SmtpAnswer => ({
  code: Number.parseInt(response, 10),
  text: response.slice(4),
});

/** Line ends as SMTP has them. */
function withCrlf(raw: string | Buffer): string | Buffer {
  return typeof raw === 'string' ? raw.replaceAll(/\r?\n/g, '\r\n') : raw;
}

/** The addresses that a mail which was sent says to write back to. */
export function returnAddressesOf(mail: ReceivedMail): { bounce: string; reply: string } {
  const reply = mail.replyTo?.value[0]?.address;
  if (reply === undefined) throw new Error(`no Reply-To in ${mail.subject}`);
  return { bounce: mail.envelope.from, reply };
}

/** A failure report of Postfix's shape about the mail to this address. */
export function aBounce(recipient: string, { action = 'failed', status = '5.1.1' } = {}): string {
  return `From: MAILER-DAEMON@mx.kunde.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"
Message-Id: <20260302100000.4F2A9@mx.kunde.example>

--B
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.kunde.example.

<${recipient}>: host mail.kunde.example said: 550 ${status} no such user

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kunde.example
Arrival-Date: Mon,  2 Mar 2026 10:00:00 +0100 (CET)

Final-Recipient: rfc822; ${recipient}
Original-Recipient: rfc822;${recipient}
Action: ${action}
Status: ${status}
Remote-MTA: dns; mail.kunde.example
Diagnostic-Code: smtp; 550 ${status} no such user

--B--
`;
}

/** An answer of Outlook's shape in Danish, above the notice. */
export function anAnswer(text: string, from = 'Dorthe Persson <dpo@kunde-1.example>'): string {
  return `From: ${from}
To: Telenor A/S <reply@svar.telenor.example>
Subject: SV: Ny underdatabehandler til TrueTalk
Message-ID: <AM0PR04MB1234@eurprd04.prod.outlook.com>
Date: Tue, 3 Mar 2026 08:12:44 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

${text}

Med venlig hilsen
Dorthe Persson

________________________________
Fra: Telenor A/S <varsel@telenor.example>
Sendt: 2. marts 2026 10:00
Til: Dorthe Persson <dpo@kunde-1.example>
Emne: Ny underdatabehandler til TrueTalk

I kan gøre indsigelse senest torsdag den 12. marts 2026.
`;
}

/** The mails that the company itself has got, once all that is due has been sent. */
export async function operatorMails(varsel: TestVarsel): Promise<ReceivedMail[]> {
  await varsel.deliver();
  return varsel.mailbox.to('indsigelse@telenor.example');
}
