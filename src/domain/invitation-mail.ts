import { instantInWords } from './wording.ts';

/** The days and times of mails to the company's own people. */
const TIME_ZONE = 'Europe/Copenhagen';

/** How long a link that was mailed is good for (D57). */
export const INVITED_HOURS = 24;

/**
 * The mail that invites a person to sign in: in Danish and English, because nobody has asked yet which one it reads. Its last line
 * is the link.
 */
export function invitationMail({
  name,
  invitedBy,
  until,
}: {
  readonly name: string;
  readonly invitedBy: string;
  readonly until: Temporal.Instant;
}): { readonly subject: string; readonly body: string } {
  return {
    subject: 'Varsel: Du er inviteret til at logge ind / You are invited to sign in',
    body: [
      `Kære ${name}`,
      '',
      `Du kan logge ind i Varsel, hvor ændringer af underdatabehandlere varsles. ${invitedBy} har inviteret dig.`,
      `Linket nederst virker én gang og indtil ${instantInWords(until, TIME_ZONE, 'da')}. Det er kun til dig: send det ikke videre. Har du ikke ventet denne e-mail, kan du se bort fra den.`,
      '',
      '---',
      '',
      `Dear ${name}`,
      '',
      `You can sign in to Varsel, where changes of sub-processors are announced. ${invitedBy} has invited you.`,
      `The link below works once, until ${instantInWords(until, TIME_ZONE, 'en')}. It is for you alone: do not pass it on. If you did not expect this mail, you can ignore it.`,
      '',
      'Log ind / Sign in:',
    ].join('\n'),
  };
}
