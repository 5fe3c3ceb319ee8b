import type { Announcement } from '../../domain/change.ts';
import type { Text } from '../../domain/text.ts';
import { fieldsOfCompany } from './company-fields.ts';
import { fieldsWith, type Fields } from './fields.ts';
import { fieldsOfBasis } from './places.ts';

/** What is announced, or was: as the API tells it, with its days as texts. */
export type AnnouncedAs = Omit<Announcement, 'plannedActivationOn' | 'upstream' | 'regime' | 'farDate'> & {
  readonly plannedActivationOn: string;
  readonly regime?: Announcement['regime'];
  readonly farDate?: boolean | undefined;
  readonly upstream: {
    readonly noticeReceivedOn: string;
    readonly objectBy: string | null;
    readonly effectiveOn: string;
    readonly reference: string | null;
  } | null;
};

/** The fields that an announcement is typed in: what `announcementOf` makes it of again. */
export function fieldsOfAnnouncement(announced: AnnouncedAs): Fields {
  const { product, kind, replaces, amends, removes, entries, children, subProcessor, wordingOnly, regime } = announced;
  const { scope, separation, upstream, listedInTerms = [], reason, plannedActivationOn, supersedes } = announced;
  const { farDate, holdMinutes } = announced;
  return fieldsWith(subProcessor === null ? {} : fieldsOfCompany(subProcessor), {
    product,
    kind,
    entry: replaces ?? amends ?? removes ?? '',
    ...Object.fromEntries(
      entries.flatMap(({ entry, country, transferBasis }) =>
        fieldsOfBasis(transferBasis).flatMap(([name, value]): [string, string][] => {
          if (name === 'decision') return [];
          return [[`entries.${entry}.${country}${name === 'basis' ? '' : `.${name}`}`, value]];
        }),
      ),
    ),
    ...Object.fromEntries(
      children.map((child) => [
        `children.${child.entry}`,
        child.then === 'leaves' ? 'leaves' : `stays:${child.parentId ?? ''}`,
      ]),
    ),
    ...Object.fromEntries(wordingOnly.map((text) => [`wordingOnly.${text}`, 'yes'])),
    'regime.objection': regime?.objection ? 'yes' : '',
    'regime.approval': regime?.approval ? 'yes' : '',
    scope: scope === 'each' ? 'each' : '',
    ...textFields('separation', separation),
    'upstream.noticeReceivedOn': upstream?.noticeReceivedOn ?? '',
    'upstream.objectBy': upstream?.objectBy ?? '',
    'upstream.effectiveOn': upstream?.effectiveOn ?? '',
    'upstream.reference': upstream?.reference ?? '',
    listedInTerms: listedInTerms.join('\n'),
    ...textFields('reason', reason),
    plannedActivationOn,
    supersedes: supersedes ?? '',
    farDate: farDate ? 'yes' : '',
    holdMinutes: holdMinutes === undefined ? '' : String(holdMinutes),
  });
}

function textFields(name: string, text: Text | null): Fields {
  return { [`${name}.da`]: text?.da ?? '', [`${name}.en`]: text?.en ?? '' };
}
