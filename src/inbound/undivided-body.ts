const MULTIPART = /^content-type:[ \t]*(?:\r?\n[ \t]+)?multipart\//im;

/**
 * The body of a multipart mail as one text: for a mail of which no part was found, because a relay has damaged the boundary or
 * left it out. Empty for any other mail. Nothing is decoded.
 */
export function undividedBody(raw: Buffer, maxLength: number): string {
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  const end = crlf === -1 || (lf !== -1 && lf < crlf) ? lf : crlf;
  if (end === -1 || !MULTIPART.test(raw.toString('latin1', 0, end))) return '';
  return raw.toString('utf8', end, end + maxLength).trim();
}
