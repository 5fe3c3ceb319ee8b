import type { Shown } from '../page.ts';
import { momentInWords } from '../times.ts';
import { sectionsFor, type Section } from './sections.ts';
import { inboxTextsIn } from './texts.ts';
import type { Visit } from '../visit.ts';

/** So much of a mail is shown on a page; the file is whole. */
const SHOWN_BYTES = 100_000;

/** A mail as it came, which the API gives in base64. */
interface RawMail {
  readonly base64: string;
  readonly sha256: string;
}

/** A mail as it came, on a page: its bytes as text, whatever they are. */
export function rawMailPage(
  visit: Visit,
  { base64, sha256 }: RawMail,
  { section, back, subject, receivedAt }: { section: Section; back: string; subject: string; receivedAt: string },
): Shown {
  const t = inboxTextsIn(visit.language);
  const raw = Buffer.from(base64, 'base64');
  return {
    view: 'console/inbox/views/raw-mail',
    title: t.answers.rawHeading,
    model: {
      t,
      back,
      sections: sectionsFor(visit, section),
      raw: new TextDecoder().decode(raw.subarray(0, SHOWN_BYTES)),
      facts: [
        { name: t.preview.subject, value: subject || t.noSubject },
        { name: t.facts.received, value: momentInWords(receivedAt, visit.language) },
        { name: 'SHA-256', value: sha256 },
      ],
    },
  };
}

/** The same as a file that a mail program opens. */
export function rawMailFile({ base64 }: RawMail, id: string): Shown {
  return { file: Buffer.from(base64, 'base64'), type: 'message/rfc822', name: `${id}.eml` };
}
