import * as changeList from '../../api/change-list.ts';
import * as proposals from '../../api/proposals.ts';
import * as worklist from '../../api/worklist.ts';
import { consoleTextsIn } from '../frame-texts.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { isForAllProducts, namesOfProducts } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { namesIn } from '../proposals/proposal-shown.ts';
import type { Visit } from '../visit.ts';
import { workInWords } from './work.ts';
import { todayTextsIn } from './texts.ts';

/** `GET /console`: what waits for whoever is signed in, and nothing else (D64). */
export const today = consolePage(null, async (visit, dependencies) => ({
  view: 'console/today/views/today',
  title: consoleTextsIn(visit.language).places.today,
  model: await workShown(visit, dependencies),
}));

/** `GET /console/work`: the same without its frame, which the page asks for again and again. */
export const workPart = consolePage(
  null,
  async (visit, dependencies) => ({
    part: 'console/today/views/work',
    model: await workShown(visit, dependencies),
  }),
  { isAskedUnseen: true },
);

async function workShown(visit: Visit, { api }: Pick<ConsoleDependencies, 'api'>) {
  const { language } = visit;
  const t = todayTextsIn(language);
  const work = await visit.ask(worklist.get);
  const proposed = work.proposals?.items ?? [];
  // Who reads no proposals may read no products either.
  const productName = proposed.length === 0 ? String : await namesOfProducts(visit);
  const names = await namesIn(api.pool, proposed, productName);
  const groups = workInWords(work, { language, now: visit.now, names });
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const isFirstVisit = count === 0 && (await isNothingOnRecord(visit));
  return {
    t,
    groups,
    summary: count > 0 ? t.waits(count) : visit.person.grants.length === 0 ? t.noRole : t.none,
    begins: isFirstVisit ? beginsOf(visit) : [],
  };
}

/** Whether nothing has been announced or proposed, as far as who is for all products can tell. */
async function isNothingOnRecord(visit: Visit): Promise<boolean> {
  if (!visit.may('changes:read') || !isForAllProducts(visit, 'changes:read')) return false;
  const query = { limit: 1 };
  if ((await visit.ask(changeList.list, { query })).items.length > 0) return false;
  return !visit.may('proposals:read') || (await visit.ask(proposals.list, { query })).items.length === 0;
}

/** Where to begin, of what the visitor may do. */
function beginsOf(visit: Visit): { href: string; name: string }[] {
  const { announce } = consoleTextsIn(visit.language);
  return [
    ...(visit.may('controllers:read')
      ? [{ href: '/console/customers', name: todayTextsIn(visit.language).toCustomers }]
      : []),
    ...(visit.may('changes:announce') ? [{ href: '/console/announce', name: announce }] : []),
  ];
}
