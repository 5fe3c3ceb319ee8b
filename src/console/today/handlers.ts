import { consolePage } from '../page.ts';
import { consoleTextsIn } from '../frame-texts.ts';

/** `GET /console`: what waits for whoever is signed in. */
export const today = consolePage(null, async ({ language }) => ({
  view: 'console/today/views/today',
  title: consoleTextsIn(language).places.today,
  model: {},
}));
