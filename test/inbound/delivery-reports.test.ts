import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliveryReportsIn } from '../../src/inbound/delivery-reports.ts';
import { readMail } from '../../src/inbound/read-mail.ts';

const DPO = 'dpo@kunde-1.example';
const HANS = 'hans@intern.kunde-1.example';

async function reportsIn(raw: string | Buffer, hasNullSender = true) {
  return deliveryReportsIn(await readMail(Buffer.from(raw)), hasNullSender);
}
const fromCorpus = (name: string) => readFileSync(path.join(import.meta.dirname, 'corpus', `${name}.eml`));

interface Written {
  from?: string;
  subject?: string;
  header?: string;
  text: string;
}
const DAEMON = 'Mail Delivery System <MAILER-DAEMON@mx.kunde-1.example>';
const aMail = ({ from = DAEMON, subject = 'Undelivered Mail Returned to Sender', header = '', text }: Written) =>
  `From: ${from}\nTo: bounce@svar.telenor.example\nSubject: ${subject}\n${header}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n${text}\n`;

test('A warning of Exim that gives no reason is told in its own first words, and not in its advice', async () => {
  const reported = await reportsIn(fromCorpus('delayed/exim-warning-without-a-reason'));
  expect(reported?.reports).toMatchObject([
    { action: 'delayed', diagnostic: expect.stringMatching(/has not yet been delivered/) },
  ]);
  expect(reported?.reports[0]?.diagnostic).not.toContain('No action is required');
});

describe('A report of a failure names the recipient, the status where it has one, and the reason', () => {
  test.each([
    ['action-expired-without-status', null, /^Connection timed out$/],
    ['amazon-workmail-fields-in-the-text', '5.2.2', /^550 5\.2\.2 .*Mailbox Full$/],
    ['boundary-damaged-by-a-relay', '5.1.1', /^550 5\.1\.1 no such mailbox$/],
    ['courier-reason-in-the-text', '5.0.0', /<<< 550 User Unknown$/],
    ['daemon-in-danish-from-postmaster', '5.2.1', /^postkassen er lukket/],
    ['daemon-in-german', '5.1.1', /^550 5\.1\.1 Empfänger unbekannt$/],
    ['daemon-with-words-of-its-own', null, /^no such mailbox/],
    ['disposition-notification-with-an-error', '5.7.1', /^554 5\.7\.1 leverandører skriver i portalen/],
    ['domino-in-words', null, /not listed in Domino Directory$/],
    ['domino-not-listed', '5.1.1', /not listed in Domino Directory$/],
    ['dragonfly-from-nobody', '5.7.25', /Reverse DNS validation failed$/],
    ['exchange-2003-plain', '5.1.1', /The e-mail account does not exist/],
    ['exchange-2003-swedish', '5.1.1', /E-postkontot finns inte/],
    ['exchange-2003-norwegian', '5.1.1', /E-postkontoen finnes ikke/],
    ['exchange-2003-german', '5.1.1', /Das E-Mail-Konto ist/],
    ['office365-swedish-plain', '5.1.10', /^Fel: 550 5\.1\.10 RESOLVER/],
    ['office365-norwegian-plain', '5.1.10', /^Feil: 550 5\.1\.10 RESOLVER/],
    ['exchange-55-did-not-reach', null, /The recipient name is not recognized/],
    ['exchange-danish-plain', '5.1.1', /Mailadressen findes ikke/],
    ['exchange-onpremises-mailbox-full', '5.2.2', /QuotaExceeded/],
    ['exim-plain', '5.1.1', /SMTP error from remote mail server/],
    ['exim-without-header', null, /^Unrouteable address$/],
    ['gateway-in-html-alone', '5.4.14', /^554 5\.4\.14 Hop count exceeded$/],
    ['gmail-address-not-found', '5.1.1', /The email account that you tried to reach does not exist/],
    ['gmail-old-plain', '5.1.1', /^550 5\.1\.1 User unknown$/],
    ['google-groups', null, /the group you tried to contact \(dpo\) may not exist/],
    ['groupwise', null, /user not found/],
    ['haraka', '5.1.1', /^550 5\.1\.1 unknown user$/],
    ['imail', null, /^User mailbox exceeds allowed size/],
    ['interscan', '5.1.1', /550 5\.1\.1 unknown user/],
    ['ionos-exim-sentence-broken-elsewhere', '5.1.1', /^SMTP error from remote server after RCPT command:/],
    ['mailenable', null, /550 Requested action not taken: mailbox unavailable/],
    ['mailmarshal', '5.1.1', /^550 5\.1\.1 User unknown$/],
    ['mdaemon-marks-the-address', '5.1.1', /550 5\.1\.1 no such mailbox/],
    ['mimecast', '5.4.1', /Recipient address rejected: Access denied/],
    ['office365-danish-access-denied', '5.7.1', /Client host blocked/],
    ['office365-recipient-not-found', '5.1.10', /RecipientNotFound/],
    ['opensmtpd-action-error', '5.0.0', /^Domain does not exist$/],
    ['opensmtpd-envelope-expired', '4.4.7', /^Envelope expired$/],
    ['opensmtpd-envelope-expired-in-words', null, /^Envelope expired$/],
    ['opensmtpd-error-in-words', '5.1.1', /User Unknown$/],
    ['postfix-expired-after-five-days', '4.4.1', /Connection timed out$/],
    ['postfix-old-program-at-host', '5.1.1', /^host mail\.kunde-1\.example\[198\.51\.100\.7\] said: 550 5\.1\.1 /],
    ['postfix-plain-without-parts', null, /loops back to myself$/],
    ['postfix-unknown-user', '5.1.1', /User unknown in virtual mailbox table/],
    ['qmail', '5.1.1', /no mailbox here by that name/],
    ['qmail-kin-delivery-agent', null, /^550 .*No such user$/],
    ['report-inside-a-gateway-that-kept-its-sender', '5.4.4', /did not reach some or all/],
    ['sendmail-5-transcript-alone', null, /User unknown$/i],
    ['sendmail-old-plain', null, /550 .*User unknown$/],
    ['sendmail-user-unknown', '5.1.1', /User unknown$/],
    ['sieve-reject-cyrus', null, /Brug portalen\.$/],
    ['sieve-reject-dovecot', null, /Vi tager ikke imod mail fra leverandører på denne adresse\. Brug portalen\.$/],
    ['smartermail', '5.2.2', /552 5\.2\.2 The account is over its quota/],
    ['smtputf8-global-delivery-status', '5.1.1', /ukendt bruger/],
    ['x400-messaging-server-in-words', '5.1.1', /^Remote SMTP server has rejected address/],
    ['yahoo', '5.7.9', /^554 5\.7\.9 Message not accepted/],
    ['zoho', '5.1.1', /Invalid Address/],
  ])('in the shape of %s', async (name, status, diagnostic) => {
    const found = await reportsIn(fromCorpus(`failed/${name}`));
    expect(found?.reports).toEqual([
      expect.objectContaining({
        action: 'failed',
        recipients: [DPO],
        status,
        diagnostic: expect.stringMatching(diagnostic),
      }),
    ]);
  });

  test('of each of several recipients', async () => {
    const text = `Sorry, we were unable to deliver your message to the following addresses.

<${DPO}>:
550 5.1.1 no such user
<it@kunde-1.example>:
552 5.2.2 mailbox full

--- Below this line is a copy of the message.

From: Telenor A/S <varsel@telenor.example>
To: <nobody@kunde-1.example>`;
    expect((await reportsIn(aMail({ text })))?.reports).toMatchObject([
      { recipients: [DPO], status: '5.1.1', diagnostic: '550 5.1.1 no such user' },
      { recipients: ['it@kunde-1.example'], status: '5.2.2', diagnostic: '552 5.2.2 mailbox full' },
    ]);
  });

  test('and takes no address of a host for a status', async () => {
    const text = `This is the mail system at host mx.kunde-1.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<${DPO}>: connect to mail.kunde-1.example[5.9.1.20]: Connection refused`;
    expect((await reportsIn(aMail({ text })))?.reports).toMatchObject([{ recipients: [DPO], status: null }]);
  });
});

test.each([
  'ionos-exim-sentence-broken-elsewhere',
  'exim-plain',
  'yahoo',
  'postfix-old-program-at-host',
  'haraka',
  'mimecast',
])('The report %s is known wherever its lines are broken', async (name) => {
  const read = await readMail(fromCorpus(`failed/${name}`));
  const broken = read.text.replaceAll(/(?<=[a-z,.']) (?=[a-z(])/gi, '\n');
  const found = deliveryReportsIn({ ...read, text: broken }, true);
  expect(found?.reports).toMatchObject([{ action: 'failed', recipients: [DPO] }]);
});

describe('A report on a member of an alias names both', () => {
  test.each(['exim-alias-generated-from', 'sendmail-alias-actual-recipient'])('in the shape of %s', async (name) => {
    const found = await reportsIn(fromCorpus(`failed/${name}`));
    expect(found?.reports).toMatchObject([
      { recipients: [DPO, HANS], originalRecipient: DPO, finalRecipient: HANS, status: '5.1.1' },
    ]);
  });

  test('in the fields of RFC 3464', async () => {
    expect((await reportsIn(fromCorpus('failed/alias-whose-only-member-fails')))?.reports).toMatchObject([
      { originalRecipient: 'hh@intern.kunde-1.example', finalRecipient: 'hans.hansen@kunde-1.example' },
    ]);
  });
});

const PERSONS: readonly (Written & { about: string })[] = [
  {
    about: 'who mentions a failure',
    subject: 'Vores kontaktperson',
    text: 'Jeres meddelelse kunne ikke leveres til Mette Holm, som er fratrådt.\n\nSend den til mig i stedet.\n\nJens Dam',
  },
  {
    about: 'who names the address that failed',
    subject: 'Jeres mail til mette@havneby.example',
    text: 'Jeres meddelelse til mette@havneby.example kunne ikke leveres. Hun er fratrådt.\n\nJens Dam',
  },
  {
    about: 'who mentions a delay',
    subject: 'Our answer',
    text: 'The delivery has been delayed by our mail system, so we only read jens@havneby.example today. We will come back to you.',
  },
  {
    about: 'who says that the mail was late',
    subject: 'Leveringen',
    text: 'Levering er forsinket til disse modtagere, skrev jeres system: dpo@havneby.example. Passer det?',
  },
  {
    about: 'who replies below a report of ours',
    subject: 'SV: Undelivered Mail Returned to Sender',
    text: `This is the mail system at host mx.havneby.example. Your message could not be delivered to one or more recipients.\n\n<${DPO}>: 550 5.1.1 no such user\n\nDet er min adresse, og den virker.`,
  },
  {
    about: 'who passes a report on',
    subject: 'VS: Undeliverable: TrueTalk',
    text: `Your message did not reach some or all of the intended recipients.\n\n  ${DPO} on 02-03-2026 10:00\n    <mail.havneby.example #5.1.1>`,
  },
  {
    about: 'who greets and pastes a report',
    subject: 'Undelivered Mail Returned to Sender',
    text: `Hej Telenor\n\nVi fik denne fra jer:\n\nThis is the mail system at host mx.havneby.example.\nI'm sorry to have to inform you that your message could not be delivered to one or more recipients.\n\n<${DPO}>: 550 5.1.1 no such user`,
  },
  {
    about: 'who pastes the fields of a report and signs',
    subject: 'Delivery Status Notification (Failure)',
    text: `Hvad betyder det her?\n\nReporting-MTA: dns; mx.havneby.example\n\nFinal-Recipient: rfc822; ${DPO}\nAction: failed\nStatus: 5.1.1\n\nMed venlig hilsen\nJens Dam`,
  },
  {
    about: 'who quotes a report',
    subject: 'Undeliverable mail from you',
    text: `We see these in our log:\n\n> Your message could not be delivered to the following recipients:\n> ${DPO}: 550 5.1.1 unknown\n\nPlease have a look.`,
  },
  {
    about: 'who objects under the subject of a report',
    subject: 'Undeliverable: TrueTalk',
    text: `Mail til ${DPO} could not be delivered: 550 5.1.1.\n\nVi gør indsigelse mod Nordlys Hosting.`,
  },
  {
    about: 'who does not want it',
    subject: 'Delivery failure',
    text: `The mail to ${DPO} could not be delivered, and we do not accept this sub-processor.`,
  },
  {
    about: 'who says that others have left',
    subject: 'Ændret kontakt',
    text: 'dpo@havneby.example findes ikke længere (550 5.1.1 User unknown). Skriv til jura@havneby.example.',
  },
];

const UNDER_THE_SUBJECT_OF_A_REPORT = [
  `${DPO} er stoppet, mailen could not be delivered. Skriv til mig i stedet.`,
  `Your message to ${DPO} could not be delivered as she left. I answer instead.`,
  `Undelivered, user unknown: that is what ${DPO} gives. What is Nordlys?`,
  `Ihre Nachricht an ${DPO} konnte nicht zugestellt werden. Wir fragen uns, wer Nordlys ist.`,
  `Ditt meddelande till ${DPO} kunde inte levereras. Vi tar över.`,
].map((text) => ({
  about: `who speaks of a failure (${text.slice(0, 20)})`,
  subject: 'Undeliverable: TrueTalk',
  text,
}));

describe('A person', () => {
  const SENDERS = [
    ['a redirected mail', 'Jens Dam <jens@havneby.example>', true],
    ['a postmaster', 'Jens Dam <postmaster@havneby.example>', false],
    ['a postmaster with the null sender', 'Postmaster <postmaster@havneby.example>', true],
  ] as const;
  const cases = SENDERS.flatMap(([of, from, isNull]) =>
    [...PERSONS, ...UNDER_THE_SUBJECT_OF_A_REPORT].map((person) => ({ of, isNull, ...person, from })),
  );

  test.each(cases)('$about is no report, in $of', async ({ isNull, ...person }) => {
    expect(await reportsIn(aMail(person), isNull)).toBeNull();
  });

  test('who writes as others do is no report, whatever the words', async () => {
    const found = await reportsIn(
      fromCorpus('failed/haraka')
        .toString()
        .replace(/^From:.*/m, `From: <${DPO}>`),
      false,
    );
    expect(found).toBeNull();
  });
});

describe('Not taken for a failure is', () => {
  test.each(['thunderbird-read-receipt', 'outlook-read-receipt'])('the receipt %s', async (name) => {
    expect(await reportsIn(fromCorpus(`automatic/${name}`))).toBeNull();
  });

  test('a mail that its reader deleted unread', async () => {
    const receipt = fromCorpus('failed/sieve-reject-dovecot')
      .toString()
      .replace(/^Subject:.*/m, 'Subject: Not read: Ny underdatabehandler til TrueTalk')
      .replace(/^Auto-Submitted:.*\n/m, '')
      .replace(/^Your message to[^]*?portalen\.$/m, 'Your message was deleted without being read on 2. marts 2026.');
    expect(await reportsIn(receipt)).toBeNull();
  });

  test.each([
    ['"failed" and a next try', `The message to ${DPO} could not be delivered. We will try again in 30 minutes.`],
    ['a next try after a reply', `<${DPO}>:\n451 4.7.1 try later. Delivery failed so far. Next attempt in 2 hours.`],
    ['a failure that is still tried', `Unable to deliver your message to ${DPO}. It is still in the queue.`],
    [
      'that it has not arrived so far',
      `Your message to ${DPO} has not been delivered, and delivery will be attempted again.`,
    ],
    ['that it is for a time', `Your message to ${DPO} could not be delivered because of a temporary error.`],
    ['that it is for a time, in Danish', `Din mail til ${DPO} kunne ikke leveres: en midlertidig fejl.`],
    ['that it is for a time, in German', `Ihre Nachricht an ${DPO} konnte vorübergehend nicht zugestellt werden.`],
    ['that nothing has to be sent again', `Mail to ${DPO} could not be delivered. You do not need to send it again.`],
    ['that somebody shall come later', `Mail to ${DPO} could not be delivered: greylisted, please come back later.`],
    ['a code of a failure for a time', `Message to ${DPO} could not be delivered: 451 4.7.1 greylisted`],
    [
      'a next try in German',
      `Mail an ${DPO} konnte nicht zugestellt werden. Ein erneuter Versuch erfolgt in 4 Stunden.`,
    ],
    ['a next try in Norwegian', `Meldingen til ${DPO} kunne ikke leveres. Vi prøver på nytt.`],
    ['nothing that is known', `The mail for ${DPO} is with Hans now.`],
  ])('a daemon that says %s: a person reads that', async (_name, text) => {
    expect(await reportsIn(aMail({ subject: 'Mail status', text }))).toBeNull();
  });

  test('a header of failed recipients above words of a next try', async () => {
    const header = `X-Failed-Recipients: ${DPO}\n`;
    const text = `Your message to ${DPO} could not be delivered so far. The server will retry for three days.`;
    expect(await reportsIn(aMail({ subject: 'Mail status', header, text }))).toBeNull();
  });

  test('a report whose fields name nobody', async () => {
    const text = 'Reporting-MTA: dns; challenge.example\n\nAction: failed\nStatus: 5.1.1';
    expect(await reportsIn(aMail({ subject: 'Please confirm', text }))).toBeNull();
  });

  test('a complaint about abuse', async () => {
    const header = 'Auto-Submitted: auto-generated\n';
    const raw = aMail({ from: 'Feedback <fbl@mail.example>', subject: 'complaint', header, text: '' }).replace(
      'text/plain; charset=utf-8\n\n',
      `multipart/report; report-type=feedback-report; boundary=B

--B
Content-Type: text/plain

This is an abuse report. The mail to ${DPO} was not delivered to the inbox.

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: ${DPO}

--B--`,
    );
    expect(await reportsIn(raw)).toBeNull();
  });
});

describe('A warning', () => {
  test.each([
    'opensmtpd-still-in-the-queue',
    'postfix-fields-in-the-text',
    'zoho-calls-it-fatal-and-tries-on',
    'gateway-could-not-deliver-but-tries-on',
    'full-mailbox-postponed',
    'subject-alone-warns',
    'exim-warning-plain',
  ])('in the shape of %s is a delay of this recipient', async (name) => {
    const found = await reportsIn(fromCorpus(`delayed/${name}`));
    expect(found?.reports).toMatchObject([{ action: 'delayed', recipients: [DPO] }]);
  });
});

/** Regular expressions that backtrack without bounds would not come to an end with these. */
describe('A hostile report is judged to its end', () => {
  const LENGTH = 190_000;
  test.each([
    ' ',
    '\n ',
    '-',
    'a@',
    'a@b.',
    '5.1.1.',
    '550 ',
    '(expanded from: <',
    'your message to: ',
    'message to ',
    'this is the mail system at host ',
    '- transcript of session follows -',
    'Final-Recipient: rfc822; ',
    'Action: failed\n',
    'Final-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n',
    'a@b.example: Envelope expired\n',
    'reason: ',
    '> ',
  ])('made of %j', async (part) => {
    const text = part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH);
    const read = await readMail(Buffer.from(aMail({ text: 'x' })));
    const mail = { ...read, text, subject: text.slice(0, 1_000) };
    const first = `Final-Recipient: rfc822; ${DPO}\nAction: failed\n\n`;
    const parts = [{ contentType: 'message/delivery-status', text: first + text }];
    expect(deliveryReportsIn({ ...mail, reports: parts }, true)?.reports[0]).toMatchObject({ recipients: [DPO] });
    const inWords = deliveryReportsIn({ ...mail, text: `<${DPO}>: 550 5.1.1 no such user\n${text}` }, true);
    expect(inWords?.reports[0]).toMatchObject({ action: 'failed', status: expect.stringMatching(/^5\.1\.1$/) });
  });
});
