import type { SignInMethod } from '../../domain/session.ts';
import type { Language } from '../../domain/text.ts';
import type { Texts } from './texts-da.ts';
import { browserInWords } from './words.ts';
import { momentInWords } from '../times.ts';

interface ShownSession {
  readonly id: string;
  readonly method: SignInMethod;
  readonly userAgent: string;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly isCurrent: boolean;
}

/** Sessions as the template shows them, with where each is ended. */
export function sessionRows(
  sessions: readonly ShownSession[],
  { t, language, end }: { t: Texts; language: Language; end: (id: string) => string },
) {
  return sessions.map(({ id, method, userAgent, startedAt, seenAt, isCurrent }) => {
    const [browser, started] = [browserInWords(userAgent, t), momentInWords(startedAt, language)];
    return {
      browser,
      method: t.methods[method],
      started,
      seen: momentInWords(seenAt, language),
      isCurrent,
      end: end(id),
      label: t.sessions.endOf(browser, started),
    };
  });
}
