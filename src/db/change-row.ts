import type {
  AnnouncedChange,
  Change,
  ChangeAsAnnounced,
  ChangeContent,
  ChangeKind,
  ObjectionAddress,
  Processor,
  Scope,
  Upstream,
} from '../domain/change.ts';
import type { Effect } from '../domain/effect.ts';
import { apart, isContactPerson, together, type Persons } from '../domain/persons.ts';
import type { ChangeElement, Regime, Worded } from '../domain/regime.ts';
import type { SubProcessor } from '../domain/register.ts';
import type { Text } from '../domain/text.ts';

/** The columns of a row of `changes c` for `toChange`: its authors are in words. */
export const CHANGE_COLUMNS = `c.*, author_in_words(c.announced_by) as announced_by,
  author_in_words(c.wording_confirmed_by) as wording_confirmed_by, author_in_words(c.activated_by) as activated_by,
  author_in_words(c.withdrawn_by) as withdrawn_by`;

interface RowAsAnnounced {
  id: string;
  product_id: string;
  kind: ChangeKind;
  version: number;
  sub_processor: SubProcessor | null;
  effects: Effect[];
  elements: ChangeElement[];
  /** What was set apart of the three columns above. */
  contact_persons: Persons;
  objection: boolean;
  approval: boolean;
  stricter: Regime;
  wording_only: Worded[];
  scope: Scope;
  separation: Text | null;
  upstream:
    | (Readonly<Record<'noticeReceivedOn' | 'effectiveOn', string>> &
        Readonly<Record<'objectBy' | 'reference', string | null>>)
    | null;
  children: ChangeContent['children'];
  entries: ChangeContent['entries'];
  amends: string | null;
  removes: string | null;
  approval_answer_days: number;
  approval_effective_after_hours: number;
  replaces: string | null;
  supersedes: string | null;
  reason: Text;
  planned_activation_on: Temporal.PlainDate;
  product_name: string;
  processor: Processor;
  objection_address: ObjectionAddress;
  objection_window_days: number;
  time_zone: string;
  roll_forward: boolean;
  content_hash: string | null;
  announced_at: Temporal.Instant;
  announced_by: string;
  held_until: Temporal.Instant | null;
  told_since: Temporal.Instant | null;
  wording_confirmed_at: Temporal.Instant | null;
  wording_confirmed_by: string | null;
}

export interface AnnouncedRow extends RowAsAnnounced {
  status: 'announced';
}

export type ChangeRow =
  | AnnouncedRow
  | (RowAsAnnounced & { status: 'activated'; activated_at: Temporal.Instant; activated_by: string })
  | (RowAsAnnounced & {
      status: 'withdrawn';
      withdrawn_at: Temporal.Instant;
      withdrawn_by: string;
      withdrawal_reason: Text;
    });

/** The checks of the table make sure that a row has the columns of its status. */
export function toChange(found: ChangeRow): Change {
  switch (found.status) {
    case 'announced':
      return toAnnounced(found);
    case 'activated':
      return {
        ...asAnnounced(found),
        status: found.status,
        activatedAt: found.activated_at,
        activatedBy: found.activated_by,
      };
    case 'withdrawn':
      return {
        ...asAnnounced(found),
        status: found.status,
        withdrawnAt: found.withdrawn_at,
        withdrawnBy: found.withdrawn_by,
        withdrawalReason: found.withdrawal_reason,
      };
  }
}

/** The announced change of a row. */
export function toAnnounced(found: AnnouncedRow): AnnouncedChange {
  return { ...asAnnounced(found), status: 'announced' };
}

/** The columns of what a change says of companies, with their contact persons apart (D48). */
export function toColumns({
  subProcessor,
  effects,
  elements,
}: Pick<ChangeContent, 'subProcessor' | 'effects' | 'elements'>) {
  const { facts, persons } = apart({ sub_processor: subProcessor, effects, elements }, isContactPerson);
  return { ...facts, contact_persons: persons };
}

function asAnnounced(found: RowAsAnnounced): ChangeAsAnnounced {
  const { sub_processor, contact_persons: persons } = found;
  const told = together({ sub_processor, effects: found.effects, elements: found.elements }, persons);
  return {
    id: found.id,
    product: found.product_id,
    kind: found.kind,
    version: found.version,
    subProcessor: told.sub_processor,
    effects: told.effects,
    elements: told.elements,
    regime: { objection: found.objection, approval: found.approval },
    stricter: found.stricter,
    wordingOnly: found.wording_only,
    scope: found.scope,
    separation: found.separation,
    upstream: found.upstream && toUpstream(found.upstream),
    children: found.children,
    entries: found.entries,
    amends: found.amends,
    removes: found.removes,
    replaces: found.replaces,
    supersedes: found.supersedes,
    reason: found.reason,
    plannedActivationOn: found.planned_activation_on,
    productName: found.product_name,
    processor: found.processor,
    objectionAddress: found.objection_address,
    terms: {
      objectionWindowDays: found.objection_window_days,
      timeZone: found.time_zone,
      rollForward: found.roll_forward,
      approvalAnswerDays: found.approval_answer_days,
      approvalEffectiveAfterHours: found.approval_effective_after_hours,
    },
    contentHash: found.content_hash,
    announcedAt: found.announced_at,
    announcedBy: found.announced_by,
    heldUntil: found.held_until,
    toldSince: found.told_since,
    wordingConfirmed:
      found.wording_confirmed_at === null || found.wording_confirmed_by === null
        ? null
        : { at: found.wording_confirmed_at, by: found.wording_confirmed_by },
  };
}

function toUpstream(found: NonNullable<RowAsAnnounced['upstream']>): Upstream {
  const day = (text: string) => Temporal.PlainDate.from(text);
  return {
    noticeReceivedOn: day(found.noticeReceivedOn),
    objectBy: found.objectBy === null ? null : day(found.objectBy),
    effectiveOn: day(found.effectiveOn),
    reference: found.reference,
  };
}
