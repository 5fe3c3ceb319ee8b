import * as changeList from '../../api/change-list.ts';
import { CHANGE_KINDS, CHANGE_STATUSES } from '../../domain/change.ts';
import type { ChangeView } from '../../domain/change-view.ts';
import { REGIMES } from '../../domain/regime.ts';
import { barsOf, sharesOf } from '../charts/shares.ts';
import { isForAllProducts, ownProducts } from '../own-products.ts';
import { consolePage } from '../page.ts';
import { changeAddress, givenIn, withQuery } from '../addresses.ts';
import { blockerInWords } from './blocker-words.ts';
import { timesIn, titleOf } from './change-shown.ts';
import { numberInWords } from '../numbers.ts';
import { changeTextsIn } from './texts.ts';

const LIST = '/console/changes';
const FILTERS = ['q', 'product', 'status', 'kind', 'regime', 'blocked', 'sort'];

/** `GET /console/changes`: changes of the person's products, with how far each is and how many have objected. */
export const list = consolePage('changes:read', async (visit) => {
  const { language } = visit;
  const t = changeTextsIn(language);
  const own = await ownProducts(visit, 'changes:read');
  const isForAll = isForAllProducts(visit, 'changes:read');
  // Who is for several products alone sees one at a time, the first to begin with.
  const ofOne = isForAll ? {} : { product: own[0]?.id ?? '' };
  const given = { ...ofOne, ...givenIn(visit.query, FILTERS) };
  const { items, nextCursor } = await visit.ask(changeList.list, {
    query: { ...given, ...givenIn(visit.query, ['cursor']) },
  });
  const number = (count: number) => numberInWords(count, language);
  const bars = barsOf(items.map(({ objections }) => ({ count: objections.pending })));
  const options = (names: Readonly<Record<string, string>>, values: readonly string[]) => [
    { value: '', name: t.all },
    ...values.map((value) => ({ value, name: names[value] ?? value })),
  ];
  return {
    view: 'console/change/views/list',
    title: t.list.heading,
    model: {
      t,
      action: LIST,
      given: { sort: '-announced', ...given },
      options: {
        product: [
          ...(isForAll ? [{ value: '', name: t.all }] : []),
          ...own.map(({ id, name }) => ({ value: id, name })),
        ],
        status: options(t.status, CHANGE_STATUSES),
        kind: options(t.kind, CHANGE_KINDS),
        regime: options(t.regime, REGIMES),
        blocked: Object.entries(t.list.isBlocked).map(([value, name]) => ({ value: value.trim(), name })),
        sort: Object.entries(t.list.sorts).map(([value, name]) => ({ value, name })),
      },
      rows: items.map((change, index) => {
        const product = own.find(({ id }) => id === change.product);
        const timeZone = product?.terms.timeZone ?? 'Europe/Copenhagen';
        const { total, notified } = change.controllers;
        const { objections } = change;
        return {
          href: changeAddress(change.id),
          title: titleOf(change, language),
          product: product?.name ?? change.product,
          announced: timesIn(timeZone, language).date(change.announcedAt),
          status: t.status[change.status],
          tag: tagOf(change),
          told: t.of(number(notified), number(total)),
          toldWidth: sharesOf([
            { label: '', count: notified, tone: 'good' },
            { label: '', count: total - notified, tone: 'none' },
          ])[0]?.width,
          objections: number(objections.total),
          pending: objections.pending > 0 ? t.list.pending(number(objections.pending)) : null,
          pendingWidth: bars[index]?.width ?? 0,
          planned: timesIn(timeZone, language).day(change.plannedActivationOn),
          missing: missingOf(change, timeZone),
        };
      }),
      isSearched: Object.keys(given).some((name) => name !== 'sort'),
      next: nextCursor && withQuery(LIST, { ...given, cursor: nextCursor }),
    },
  };

  function missingOf(change: ChangeView, timeZone: string): { first: string; more: number } | null {
    if (change.status !== 'announced') return null;
    const [first, ...more] = change.activation.blockers;
    if (first === undefined) return { first: t.list.nothingMissing, more: 0 };
    return { first: blockerInWords(first, { ...change, timeZone }, language).what, more: more.length };
  }
});

/** How the state of a change is coloured. */
export function tagOf({ status, activation }: Pick<ChangeView, 'status' | 'activation'>): string {
  if (status === 'activated') return 'good';
  if (status === 'withdrawn') return 'muted';
  return activation.allowed ? 'good' : 'waiting';
}
