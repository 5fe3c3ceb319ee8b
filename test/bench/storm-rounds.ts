import { setTimeout as sleep } from 'node:timers/promises';
import { trueTalk } from '../../src/examples/truetalk.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { announcementOf } from './storm-approvals.ts';
import { DOMAIN, forEach, succeed, type Installation } from './storm-installation.ts';
import { KINDS, NEEDS_OWN_PRODUCT } from './storm-kinds.ts';
import type { Round } from './storm-race.ts';
import { APP_SECRET } from './varsel.ts';

const links = objectionLinks(APP_SECRET);
const tags = inboundTags(APP_SECRET);

/** Announces so many changes, each to two controllers, for rounds of all kinds in turn. */
export async function announceAll(
  installation: Installation,
  { first, count, announcedOn }: { first: number; count: number; announcedOn: Temporal.PlainDate },
): Promise<Round[]> {
  const planned = Array.from({ length: count }, (_, index) => {
    const number = first + index;
    const kind = KINDS[index % KINDS.length] ?? '';
    const turn = Math.floor((number - 1) / KINDS.length);
    return { number, kind, turn, product: NEEDS_OWN_PRODUCT.has(kind) ? `storm-${number}` : `storm-${first}-shared` };
  });
  await forEach([...new Set(planned.map(({ product }) => product))], (product) => addProduct(installation, product));
  const rounds: Round[] = [];
  await forEach(planned, async ({ number, kind, turn, product }) => {
    const { id } = await succeed(installation, 'POST', '/v1/changes', {
      ...announcementOf(kind, number, product),
      plannedActivationOn: announcedOn.add({ days: 11 }),
    });
    const changeId = String(id);
    rounds.push({ number, kind, turn, product, changeId, controllers: await controllersOf(installation, changeId) });
  });
  return rounds;
}

async function addProduct(installation: Installation, product: string): Promise<void> {
  const { id: _id, terms, ...rest } = trueTalk('indsigelse@telenor.example');
  await succeed(installation, 'PUT', `/v1/products/${product}`, {
    ...rest,
    // An approval takes effect as soon as a receipt of it is accepted: the races have no day to wait.
    terms: { ...terms, approvalEffectiveAfterHours: 0 },
  });
  await succeed(installation, 'PUT', `/v1/products/${product}/register`, { entries: [aSubProcessor(90_000_000)] });
  const controllers = ['a', 'b'].map((letter) =>
    JSON.stringify(aController(1, { externalId: `${product}-${letter}`, products: [product] })),
  );
  await succeed(installation, 'POST', '/v1/controllers/import', `${controllers.join('\n')}\n`, {
    type: 'application/x-ndjson',
  });
}

async function controllersOf({ db }: Installation, changeId: string): Promise<Round['controllers']> {
  const { rows } = await db.query<{ id: string; external_id: string }>(
    `select m.id, c.external_id from messages m join controllers c on c.id = m.controller_id
     where m.change_id = $1 and m.kind = 'notice' order by c.external_id`,
    [changeId],
  );
  const [a, b] = rows.map(({ id, external_id: externalId }) => ({
    externalId,
    noticeId: id,
    link: `/objections/${links.tokenOf(id)}`,
    replyTo: `reply+${tags.tagOf(id)}@${DOMAIN}`,
  }));
  if (a === undefined || b === undefined) throw new Error(`${changeId}: a controller has no notice`);
  return [a, b];
}

/** Waits until every controller is notified. Returns the deadline of all windows, in milliseconds of the epoch. */
export async function untilNotified({ db }: Installation, rounds: readonly Round[]): Promise<number> {
  for (;;) {
    const { rows } = await db.query<{ waiting: boolean; first: Date; last: Date }>(
      `select bool_or(deadline is null) as waiting, min(deadline) as first, max(deadline) as last
       from objection_windows where change_id = any($1)`,
      [rounds.map(({ changeId }) => changeId)],
    );
    const [found] = rows;
    if (found !== undefined && !found.waiting) {
      if (found.first.getTime() === found.last.getTime()) return found.last.getTime();
      throw new Error('midnight came between the notices: start anew');
    }
    await sleep(100);
  }
}
