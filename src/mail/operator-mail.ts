import { composeOneWayMail } from './one-way-mail.ts';
import { escapeHtml } from './templates.ts';

/** The content of a mail to the company itself, for the transport: a plain text, and the same as HTML. */
export function composeOperatorMail({
  subject,
  body,
  at,
}: {
  readonly subject: string;
  readonly body: string;
  readonly at: Temporal.Instant;
}): string {
  const html = `<!doctype html><html lang="en"><body style="white-space:pre-line">${escapeHtml(body)}</body></html>`;
  return composeOneWayMail({ subject, text: `${body}\n`, html, at });
}
