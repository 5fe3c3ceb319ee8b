import type { ParsedMail } from 'mailparser';

const MULTIPART = /^multipart\//i;

/**
 * The body of a multipart mail as one text: for a mail of which no part was found, because a relay has damaged the boundary or
 * left it out. Empty for any other mail. Nothing is decoded.
 */
export function undividedBody(
  { headerLines, text, html, attachments }: ParsedMail,
  raw: Buffer,
  maxLength: number,
): string {
  const contentType = headerLines.find(({ key }) => key === 'content-type')?.line.replace(/^[^:]*:\s*/, '');
  const hasParts = Boolean(text?.trim()) || Boolean(html) || attachments.length > 0;
  if (hasParts || contentType === undefined || !MULTIPART.test(contentType)) return '';
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  const end = crlf === -1 || (lf !== -1 && lf < crlf) ? lf : crlf;
  return end === -1 ? '' : raw.toString('utf8', end, end + maxLength).trim();
}
