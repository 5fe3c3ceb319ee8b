import * as changeProgress from '../../api/change-progress.ts';
import * as changes from '../../api/changes.ts';
import type { ShownApprovalState } from '../../domain/approval-progress.ts';
import { onlyInforms } from '../../domain/regime.ts';
import { barsOf, sharesOf, type Part, type Tone } from '../charts/shares.ts';
import { timePlot } from '../charts/time-plot.ts';
import { consolePage } from '../page.ts';
import type { Visit } from '../visit.ts';
import { changeShown, type ChangeShown } from './change-shown.ts';
import { durationInWords, numberInWords } from '../numbers.ts';

const PART = 'console/change/views/progress';

/** `GET /console/changes/:id/progress`: how far a change is, which its page asks for again and again. */
export const progressPart = consolePage(
  'changes:read',
  async (visit) => ({ part: PART, model: await progressShown(visit, await changeShown(visit)) }),
  { isAskedUnseen: true },
);

const APPROVAL_TONES: Readonly<Record<ShownApprovalState, Tone>> = {
  approved: 'good',
  contract: 'good',
  waiting: 'waiting',
  unconfirmed: 'waiting',
  none: 'plain',
  unanswered: 'bad',
  refused: 'bad',
};

/** How far a change is, with its charts: what `views/progress` shows. */
export async function progressShown(visit: Visit, shown: ChangeShown) {
  const { change, t, times, href } = shown;
  const { language } = visit;
  const number = (count: number) => numberInWords(count, language);
  const params = { id: change.id };
  const course = await visit.ask(changeProgress.get, { params });
  const { activations } = await visit.ask(changes.activations, { params });
  const { notices, sending, approvals } = change;
  const bar = (parts: readonly (Part & { readonly show?: string })[]) => ({
    shares: sharesOf(parts).map((share, index) => {
      const show = parts[index]?.show;
      return { ...share, number: number(share.count), href: show && `${href}/controllers?show=${show}` };
    }),
  });
  return {
    t,
    live: `${href}/progress`,
    isLive: change.status === 'announced',
    customers: bar(customersOf(shown)),
    approvals:
      approvals &&
      bar(
        Object.entries(APPROVAL_TONES).map(([state, tone]) => ({
          label: t.approvalState[state as ShownApprovalState],
          count: approvals[state as ShownApprovalState],
          tone,
        })),
      ),
    notices: bar([
      { label: t.progress.accepted, count: notices.accepted, tone: 'good' },
      { label: t.progress.pending, count: notices.pending, tone: 'waiting' },
      { label: t.progress.failed, count: notices.failed, tone: 'bad', show: 'failed' },
    ]),
    cancelled: notices.cancelled > 0 ? t.progress.cancelled(number(notices.cancelled)) : null,
    rate:
      sending &&
      t.progress.rate(
        number(sending.perSecond),
        sending.secondsLeft === null ? null : durationInWords(sending.secondsLeft, language),
      ),
    plot: plotOf(course),
    windows: barsOf(windowsOf(course).map(({ controllers, ...rest }) => ({ ...rest, count: controllers }))).map(
      (each) => ({
        day: times.day(each.lastDay),
        count: number(each.count),
        width: each.width,
        isOver: each.isOver,
      }),
    ),
    waves: activations.map(({ number: which, activatedOn, controllers }) =>
      t.progress.wave(which, times.day(activatedOn), number(controllers.count)),
    ),
  };

  /** With a withdrawal every time to object ends, whatever its day. */
  function windowsOf({ windows }: typeof course) {
    return change.status === 'withdrawn' ? [] : windows;
  }

  function plotOf({ points, notices: all }: typeof course) {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined || last.sent === 0) return null;
    const plot = timePlot(
      points.map(({ at }) => Date.parse(at)),
      [
        { label: t.progress.sent, name: 'sent', values: points.map(({ sent }) => sent) },
        { label: t.progress.accepted, name: 'accepted', values: points.map(({ accepted }) => accepted) },
        { label: t.progress.failed, name: 'failed', values: points.map(({ failed }) => failed) },
      ],
      all.total,
    );
    return {
      id: 'sent-over-time',
      caption: t.progress.plot,
      tableTitle: t.progress.table,
      timeTitle: t.progress.time,
      from: times.brief(first.at),
      until: times.brief(last.at),
      plot: {
        lines: plot.lines.map((line) => ({ ...line, last: number(line.last) })),
        grid: plot.grid.map(({ y, value }) => ({ y, value: number(value) })),
      },
      target: all.total > last.sent ? 100 - (all.total / plot.top) * 100 : null,
      rows: points.map(({ at, sent, accepted, failed }) => ({
        time: times.brief(at),
        values: [sent, accepted, failed].map(number),
      })),
    };
  }
}

/** Where the customers of a change are, by what it needs of them. */
function customersOf({ change, t }: ChangeShown): (Part & { show?: string })[] {
  const { total, notified, windowsOpen } = change.controllers;
  const notTold = { label: t.progress.notTold, count: total - notified, tone: 'bad', show: 'not-told' } as const;
  if (onlyInforms(change.regime) || !change.regime.objection || change.status === 'withdrawn') {
    return [{ label: t.progress.told, count: notified, tone: 'good' }, notTold];
  }
  return [
    { label: t.progress.over, count: notified - windowsOpen, tone: 'good' },
    { label: t.progress.open, count: windowsOpen, tone: 'waiting', show: 'open' },
    notTold,
  ];
}
