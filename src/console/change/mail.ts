import { simpleParser, type ParsedMail } from 'mailparser';
import * as notices from '../../api/notices.ts';
import { RECORD_WORDS } from '../../domain/record-words.ts';
import { notFound } from '../../domain/refused.ts';
import type { Language } from '../../domain/text.ts';
import { toProblem } from '../../http/errors.ts';
import { PROBLEMS } from '../../http/problems.ts';
import { consolePage } from '../page.ts';
import { problemInWords } from '../problem-words.ts';
import type { Visit } from '../visit.ts';
import { storyAddress } from '../addresses.ts';
import { changeShown } from './change-shown.ts';

/** `GET …/messages/:messageId`: a mail as it was sent (D50), as its recipient sees it. */
export const mail = consolePage('mails:read', async (visit) => {
  const { change, t, times } = await changeShown(visit);
  const { externalId = '' } = visit.params;
  const story = storyAddress(change.id, externalId);
  const message = await messageOf(visit);
  const what = RECORD_WORDS[visit.language].messages[message.kind];
  const shown = { t, story, heading: what, title: t.mail.title(what, message.email) };
  const view = 'console/change/views/mail';
  const found = await sentMail(visit, message.id).catch((error: unknown) => withoutMail(error, visit.language));
  if ('because' in found) {
    return { view, title: shown.title, status: found.status, model: { ...shown, because: found.because, mail: null } };
  }
  const { parsed } = found;
  const here = `${story}/messages/${message.id}`;
  return {
    view,
    title: shown.title,
    model: {
      ...shown,
      because: null,
      mail: {
        facts: [
          { name: t.mail.from, value: parsed.from?.text ?? t.none },
          {
            name: t.mail.to,
            value: [parsed.to]
              .flat()
              .map((to) => to?.text ?? '')
              .join(', '),
          },
          ...(parsed.date === undefined ? [] : [{ name: t.mail.date, value: times.moment(parsed.date.toISOString()) }]),
          { name: t.mail.subject, value: parsed.subject ?? '' },
        ],
        lang: message.language,
        text: parsed.text ?? '',
        picture: `${here}/mail.html`,
        download: `${here}/mail.eml`,
      },
    },
  };
});

/** `GET …/messages/:messageId/mail.html`: the same in a frame of its own, without scripts. */
export const mailPicture = consolePage('mails:read', async (visit) => {
  const { id } = await messageOf(visit);
  const { parsed } = await sentMail(visit, id);
  return { mail: parsed.html || '' };
});

/** `GET …/messages/:messageId/mail.eml`: the same to the byte. */
export const mailFile = consolePage('mails:read', async (visit) => {
  const { id } = await messageOf(visit);
  const { raw } = await sentMail(visit, id);
  return { file: raw, type: 'message/rfc822', name: `${id}.eml` };
});

/** The message that an address names. Throws `not-found` where it is not of that change and that customer. */
async function messageOf(visit: Visit) {
  const { id = '', externalId = '', messageId = '' } = visit.params;
  const message = await visit.ask(notices.get, { params: { id: messageId } });
  if (message.changeId !== id.toLowerCase() || message.controller !== externalId)
    throw notFound(`message ${messageId}`);
  return message;
}

async function sentMail(visit: Visit, id: string): Promise<{ raw: Buffer; parsed: ParsedMail }> {
  const { content } = await visit.ask(notices.getMail, { params: { id } });
  if (!Buffer.isBuffer(content)) throw new Error('a mail is kept whole');
  const parsed = await simpleParser(content, { skipTextToHtml: true, skipImageLinks: true });
  return { raw: content, parsed };
}

/** Why a mail cannot be shown, where that is known; another fault is thrown again. */
function withoutMail(error: unknown, language: Language) {
  const code = toProblem(error)?.code;
  if (code !== 'mail-not-kept' && code !== 'mail-erased' && code !== 'mail-not-the-same') throw error;
  return { because: problemInWords(code, language), status: PROBLEMS[code].status };
}
