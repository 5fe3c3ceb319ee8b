import type { ApiDependencies } from '../../api/dependencies.ts';
import type { Language } from '../../domain/text.ts';
import type { Query, Schema } from '../../http/operation.ts';
import { consolePage, type ConsolePage } from '../page.ts';
import { momentInWords } from '../times.ts';
import { addressOf, scopeOf, sectionsFor, type Section } from './sections.ts';
import { inboxTextsIn } from './texts.ts';

/** What a mail says, as the API shows it. */
interface Content {
  readonly id: string;
  readonly text: string | null;
  readonly quoted: string | null;
  readonly attachments: readonly {
    readonly filename: string | null;
    readonly contentType: string;
    readonly bytes: number;
  }[];
}

/** What a mail says, for the part `words` of a page. */
export function contentOf({ id, text, quoted, attachments }: Content, section: Section, language: Language) {
  const { bytes: inKilobytes } = inboxTextsIn(language);
  return {
    own: text,
    quoted,
    attachments: attachments.map(({ filename, contentType, bytes }) => ({
      name: filename ?? contentType,
      size: inKilobytes(Math.ceil(bytes / 1024).toLocaleString(language)),
    })),
    raw: `${addressOf(section, id)}/mail`,
  };
}

/** So much of a mail is shown on a page; the file is whole. */
const SHOWN_BYTES = 100_000;

/** An operation that answers with this. */
type Asking<Answer> = Query<ApiDependencies, Schema, Schema, Schema, Answer>;

/** A mail as it came: its bytes as text, whatever they are; or with `?as=file` as a file that a mail program opens. */
export const rawMailOf = (
  section: Section,
  operations: {
    readonly get: Asking<{ readonly id: string; readonly subject: string; readonly receivedAt: string }>;
    readonly raw: Asking<{ readonly base64: string; readonly sha256: string }>;
  },
): ConsolePage =>
  consolePage(scopeOf(section), async (visit) => {
    const said = { params: { id: visit.params['id'] ?? '' } };
    const { id, subject, receivedAt } = await visit.ask(operations.get, said);
    const { base64, sha256 } = await visit.ask(operations.raw, said);
    const raw = Buffer.from(base64, 'base64');
    if (visit.query['as'] === 'file') return { file: raw, type: 'message/rfc822', name: `${id}.eml` };
    const t = inboxTextsIn(visit.language);
    return {
      view: 'console/inbox/views/raw-mail',
      title: t.answers.rawHeading,
      model: {
        t,
        back: addressOf(section, id),
        sections: sectionsFor(visit, section),
        raw: new TextDecoder().decode(raw.subarray(0, SHOWN_BYTES)),
        facts: [
          { name: t.preview.subject, value: subject || t.noSubject },
          { name: t.facts.received, value: momentInWords(receivedAt, visit.language) },
          { name: 'SHA-256', value: sha256 },
        ],
      },
    };
  });
