import { composeOneWayMail } from './one-way-mail.ts';
import { escapeHtml } from './templates.ts';

/**
 * The content of a mail to the company itself, for the transport: a plain text, and the same as HTML. In English to the operator,
 * and in Danish to officers, whose mails end in a `link`.
 */
export function composeOperatorMail({
  subject,
  body,
  link,
  at,
}: {
  readonly subject: string;
  readonly body: string;
  readonly link: string | null;
  readonly at: Temporal.Instant;
}): string {
  const [language, text, anchor] =
    link === null
      ? ['en', body, '']
      : ['da', `${body}\n${link}`, `\n<a href="${escapeHtml(link)}">${escapeHtml(link)}</a>`];
  const html = `<!doctype html><html lang="${language}"><body style="white-space:pre-line">${escapeHtml(body)}${anchor}</body></html>`;
  return composeOneWayMail({ subject, text: `${text}\n`, html, at });
}
