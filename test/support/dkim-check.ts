import { createHash, createVerify } from 'node:crypto';

/**
 * Whether the first DKIM-Signature of a message (RFC 6376, rsa-sha256, relaxed/relaxed) holds under a public key, worked out
 * from the message's bytes alone. Throws where there is no such signature.
 */
export function signatureHolds(source: string, publicKey: string): boolean {
  const [head = '', ...rest] = source.split('\r\n\r\n');
  const fields = head.replaceAll(/\r\n(?=[ \t])/g, '').split('\r\n');
  const fieldOf = (name: string) => fields.findLast((field) => field.toLowerCase().startsWith(`${name}:`));
  const signature = fieldOf('dkim-signature');
  if (signature === undefined) throw new Error('not signed');
  const tags = Object.fromEntries(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.split('=', 1)[0]?.trim(), tag.slice(tag.indexOf('=') + 1).replaceAll(/\s/g, '')]),
  );
  if (tags.a !== 'rsa-sha256' || tags.c !== 'relaxed/relaxed') throw new Error(`signed as ${tags.a} ${tags.c}`);
  const body = rest.join('\r\n\r\n').split('\r\n');
  while (body.length > 0 && body.at(-1)?.trim() === '') body.pop();
  const canonicalBody = body.map((line) => `${line.replaceAll(/[ \t]+/g, ' ').replace(/ $/, '')}\r\n`).join('');
  if (createHash('sha256').update(canonicalBody).digest('base64') !== tags.bh) return false;
  const relaxed = (field: string) => {
    const [name = ''] = field.split(':', 1);
    return `${name.toLowerCase().trim()}:${field
      .slice(name.length + 1)
      .replaceAll(/[ \t]+/g, ' ')
      .trim()}`;
  };
  const signed = String(tags.h)
    .split(':')
    .flatMap((name) => fieldOf(name.toLowerCase()) ?? [])
    .map((field) => `${relaxed(field)}\r\n`);
  const unsigned = relaxed(signature).replace(/(;\s*b=)[^;]*$/, '$1');
  return createVerify('rsa-sha256')
    .update(signed.join('') + unsigned)
    .verify(publicKey, String(tags.b), 'base64');
}
