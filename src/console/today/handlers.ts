import * as worklist from '../../api/worklist.ts';
import { consoleTextsIn } from '../frame-texts.ts';
import { consolePage } from '../page.ts';
import { workInWords } from './work.ts';
import { todayTextsIn } from './texts.ts';

/** `GET /console`: what waits for whoever is signed in, and nothing else (D64). */
export const today = consolePage(null, async (visit) => {
  const { language } = visit;
  return {
    view: 'console/today/views/today',
    title: consoleTextsIn(language).places.today,
    model: {
      t: todayTextsIn(language),
      groups: workInWords(await visit.ask(worklist.get), language),
    },
  };
});
