import * as worklist from '../../api/worklist.ts';
import { consoleTextsIn } from '../frame-texts.ts';
import { consolePage } from '../page.ts';
import type { Visit } from '../visit.ts';
import { workInWords } from './work.ts';
import { todayTextsIn } from './texts.ts';

/** `GET /console`: what waits for whoever is signed in, and nothing else (D64). */
export const today = consolePage(null, async (visit) => ({
  view: 'console/today/views/today',
  title: consoleTextsIn(visit.language).places.today,
  model: await workShown(visit),
}));

/** `GET /console/work`: the same without its frame, which the page asks for again and again. */
export const workPart = consolePage(
  null,
  async (visit) => ({ part: 'console/today/views/work', model: await workShown(visit) }),
  { isAskedUnseen: true },
);

async function workShown(visit: Visit) {
  const { language } = visit;
  const t = todayTextsIn(language);
  const groups = workInWords(await visit.ask(worklist.get), language);
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return { t, groups, summary: count === 0 ? t.none : t.waits(count) };
}
