import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { InboundVerdict } from '../../src/domain/inbound-mail.ts';
import { judgeMail } from '../../src/inbound/judge-mail.ts';
import { readMail } from '../../src/inbound/read-mail.ts';

/*
 * Shows what each mail of a folder is taken for, and how many are. For corpora of real mails, which do not belong into this
 * repository: `npm run taken-as -- ~/set-of-emails/maildir/bsd`. Each mail comes from its `Return-Path`, or with
 * `--null-sender` from the null sender; with `--postmaster` also its `From` is a postmaster's.
 */

const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: { 'null-sender': { type: 'boolean' }, postmaster: { type: 'boolean' }, unlike: { type: 'string' } },
});

/** The mail as SMTP would bring it: without the line of an mbox, with CRLF. */
function asReceived(raw: string): string {
  const mail = raw.replace(/^(?:\s|From [^\n\r]*[\n\r])+/, '').replaceAll(/\r\n?|\n/g, '\r\n');
  return options.postmaster === true
    ? mail.replace(/^from:.*(?:\r\n[ \t].*)*/im, 'From: postmaster@kunde.example')
    : mail;
}

function inOneLine(verdict: InboundVerdict): string {
  if (verdict.takenAs !== 'report') return `${verdict.takenAs} | ${verdict.knownBy}`;
  const reports = verdict.reports.map(({ action, status, recipients, diagnostic }) =>
    [action, status ?? '-', recipients.join(' '), diagnostic?.slice(0, 100) ?? '-'].join(', '),
  );
  return `report | ${verdict.knownBy} | ${reports.join(' / ')}`;
}

const counts = new Map<string, number>();
for (const folder of folders) {
  for (const file of readdirSync(folder).sort()) {
    const name = path.join(folder, file);
    if (!statSync(name).isFile()) continue;
    const raw = asReceived(readFileSync(name, 'latin1'));
    const from = /^return-path:[ \t]*<?([^>\r\n]*)/im.exec(raw.split('\r\n\r\n', 1)[0] ?? '')?.[1] ?? '';
    const isNull = options['null-sender'] === true || options.postmaster === true;
    const mail = await readMail(Buffer.from(raw, 'latin1')).catch(() => null);
    const verdict = judgeMail(mail, isNull ? '' : from);
    const actions = verdict.takenAs === 'report' ? [...new Set(verdict.reports.map(({ action }) => action))] : [];
    const kind = [verdict.takenAs, ...actions].join(' ');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (kind !== options.unlike) process.stdout.write(`${file} | ${inOneLine(verdict)}\n`);
  }
}
process.stdout.write(`${JSON.stringify(Object.fromEntries(counts))}\n`);
