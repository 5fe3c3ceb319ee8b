import { composeOneWayMail, type OneWay } from './one-way-mail.ts';
import type { Sender } from './sender.ts';
import { escapeHtml } from './templates.ts';

/**
 * A mail to the company itself: a plain text, and the same as HTML. In English to the operator, and in Danish to officers and
 * to who is invited to sign in, whose mails end in a `link`.
 */
export function composeOperatorMail(
  sender: Sender,
  about: OneWay,
  { subject, body, link }: { readonly subject: string; readonly body: string; readonly link: string | null },
): string {
  const [language, text, anchor] =
    link === null
      ? ['en', body, '']
      : ['da', `${body}\n${link}`, `\n<a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`];
  const html = `<!doctype html><html lang="${language}"><body style="white-space:pre-line">${escapeHtml(body)}${anchor}</body></html>`;
  return composeOneWayMail(sender, about, { subject, text: `${text}\n`, html });
}
