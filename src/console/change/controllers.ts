import * as changeControllers from '../../api/change-controllers.ts';
import { oneLine } from '../../domain/text.ts';
import { consolePage } from '../page.ts';
import { givenIn, storyAddress, withQuery } from '../addresses.ts';
import { changeShown } from './change-shown.ts';
import type { ChangeTexts } from './texts.ts';

type Shown = keyof ChangeTexts['show'];

/** What each choice asks the API for. */
const ASKED: Readonly<Record<Shown, Readonly<Record<string, string>>>> = {
  all: {},
  'not-told': { state: 'awaiting-notice' },
  failed: { failed: 'true' },
  open: { state: 'open' },
  objected: { objected: 'true' },
  approved: { approval: 'approved' },
  unanswered: { approval: 'none' },
  refused: { approval: 'refused' },
  silent: { silent: 'true' },
};
const NEEDING_OBJECTION: readonly Shown[] = ['open', 'objected'];
const NEEDING_APPROVAL: readonly Shown[] = ['approved', 'unanswered', 'refused'];

/** `GET /console/changes/:id/controllers`: the customers that count for a change, all of them or those in one case. */
export const controllers = consolePage('changes:read', async (visit) => {
  const shown = await changeShown(visit);
  const { change, t, times, title, href } = shown;
  const { objection, approval } = change.regime;
  const choices = (Object.keys(ASKED) as Shown[]).filter(
    (each) => (objection || !NEEDING_OBJECTION.includes(each)) && (approval || !NEEDING_APPROVAL.includes(each)),
  );
  const show = choices.find((each) => each === visit.query.show) ?? 'all';
  const given = givenIn(visit.query, ['q']);
  const { items, nextCursor } = await visit.ask(changeControllers.list, {
    params: { id: change.id },
    query: { ...ASKED[show], ...given, ...givenIn(visit.query, ['cursor']) },
  });
  const here = `${href}/controllers`;
  const asked = { ...(show === 'all' ? {} : { show }), ...given };
  return {
    view: 'console/change/views/controllers',
    title: t.controllers.title(title),
    model: {
      t,
      href,
      heading: t.controllers.title(title),
      action: here,
      show,
      q: given.q ?? '',
      choices: choices.map((each) => ({
        name: t.show[each],
        href: withQuery(here, { ...given, ...(each === 'all' ? {} : { show: each }) }),
        isHere: each === show,
      })),
      hasDeadlines: objection,
      asksApproval: approval,
      rows: items.map((each) => {
        const last = each.notices.at(-1);
        const said = [
          ...(each.objections.length > 0 ? [t.controllers.objections(each.objections.length)] : []),
          ...(each.answers.length > 0 ? [t.controllers.answers(each.answers.length)] : []),
        ];
        return {
          href: storyAddress(change.id, each.externalId),
          name: oneLine(each.name),
          externalId: each.externalId,
          state: t.windowState[each.state],
          tag: { 'awaiting-notice': 'rejected', open: 'waiting', closed: 'good', told: 'good' }[each.state],
          told: each.notifiedAt === null ? t.none : times.date(each.notifiedAt),
          deadline: each.deadline === null ? t.none : times.lastDay(each.deadline),
          approval: each.approval === null ? t.none : t.approvalState[each.approval.state],
          said: said.length === 0 ? t.none : said.join(', '),
          mail: last?.lastError ?? last?.response ?? t.none,
        };
      }),
      next: nextCursor && withQuery(here, { ...asked, cursor: nextCursor }),
    },
  };
});
