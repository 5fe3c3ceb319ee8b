import type { Language } from '../domain/text.ts';
import { composeMessage } from './compose.ts';
import type { MessageFacts } from './message-view.ts';
import { composeOneWayMail } from './one-way-mail.ts';
import type { Mailbox, Sender } from './sender.ts';
import { escapeHtml } from './templates.ts';

const BANNERS: Readonly<
  Record<Language, { readonly subject: string; readonly heading: string; readonly body: string }>
> = {
  da: {
    subject: 'PRØVE',
    heading: 'PRØVE – dette er ingen underretning',
    body: 'Sådan vil e-mailen se ud, hvis ændringen bliver varslet. Den er kun sendt til dig. Ingen frist løber, linket åbner en prøve af siden, og navn, kontaktperson og reference er opdigtede. Kalenderfilen er udeladt.',
  },
  en: {
    subject: 'TEST',
    heading: 'TEST – this is not a notice',
    body: 'This is what the e-mail will look like if the change is announced. It was sent to you alone. No deadline is running, the link opens a sample of the page, and the customer, the contact and the reference are made up. The calendar file is left out.',
  },
};

/** A mail that nobody takes for a real one: its subject and its top say what it is, without a calendar file. */
export function composeTestMail(
  sender: Sender,
  { messageId, to }: { readonly messageId: string; readonly to: Mailbox },
  facts: MessageFacts,
): { readonly subject: string; readonly mail: string } {
  const banner = BANNERS[facts.language];
  const message = composeMessage(facts);
  const subject = `${banner.subject}: ${message.subject}`;
  const text = `*** ${banner.heading.toUpperCase()} ***\n${banner.body}\n${'-'.repeat(40)}\n\n${message.text}`;
  const html = message.html.replace(/<body\b[^>]*>/, (body) => `${body}${bannerInHtml(banner)}`);
  const about = { messageId, to, at: facts.composedAt };
  return { subject, mail: composeOneWayMail(sender, about, { subject, html, text }) };
}

/** Above everything, in colours of its own in light and dark: also the first that a list of mails shows of it. */
function bannerInHtml({ heading, body }: { readonly heading: string; readonly body: string }): string {
  const cell =
    'padding:16px 28px;border:4px solid #8a1f11;background-color:#fff1c9;color:#16222c;font:16px/24px Arial,sans-serif';
  return `<table role="presentation" align="center" width="600" style="width:100%;max-width:600px;margin:0 auto;border-collapse:collapse"><tr><td bgcolor="#fff1c9" style="${cell}"><strong>${escapeHtml(heading)}</strong><br>${escapeHtml(body)}</td></tr></table>`;
}
