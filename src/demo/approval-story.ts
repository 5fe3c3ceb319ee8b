import { contactNameOf, contactOf, numberOf } from './customers.ts';
import { expectAsTold, until } from './narrator.ts';
import { awaitAllNotices } from './notices.ts';
import { linkIn, type Stage } from './stage.ts';

const ACTIVITY = {
  da: 'Bistår med support og fejlretning og analyserer opkald for at forbedre talegenkendelsen',
  en: 'Assists with support and fault correction, and analyses calls to improve speech recognition',
};

interface Request {
  readonly changeId: string;
  readonly gintel: string;
  /** The links of the customer that approves and of the one that refuses. */
  readonly links: readonly [approving: string, refusing: string];
}

/**
 * Tells of a change that needs written approval: the last customer approves, the one before it refuses, and the others say nothing.
 * Throws where it does not go as told.
 */
export async function tellOfApproval(stage: Stage): Promise<void> {
  const request = await askForApproval(stage);
  await approve(stage, request);
  await refuse(stage, request);
  await activateForSome(stage, request);
  await compareRegisters(stage, request);
}

async function askForApproval(stage: Stage): Promise<Request> {
  const { calls, narrator, clock, controllers } = stage;
  narrator.chapter(`11. A new activity needs approval · ${narrator.now()}`);
  const { body: register } = await calls.read('/v1/products/truetalk/register');
  const gintel = register.entries.find(({ name }: { name: string }) => name === 'Gintel AS');
  const {
    id,
    activeFrom: _from,
    activeUntil: _until,
    factsFrom: _facts,
    changeId: _change,
    forSome: _some,
    ...facts
  } = gintel;
  const today = clock().toZonedDateTimeISO('Europe/Copenhagen').toPlainDate();
  const announced = await calls.api('POST', '/v1/changes', {
    product: 'truetalk',
    kind: 'amendment',
    amends: id,
    subProcessor: { ...facts, processing: ACTIVITY },
    scope: 'each',
    separation: {
      da: 'Kun opkald hos kunder, der har godkendt, sendes til analyse. Driftschef Mette Holm står inde for det.',
      en: 'Only calls of customers who have approved are sent to be analysed. Mette Holm, head of operations, vouches for it.',
    },
    reason: { da: 'Talegenkendelsen skal blive bedre', en: 'Speech recognition is to become better' },
    plannedActivationOn: today.add({ days: 1 }).toString(),
  });
  const { regime, elements } = announced.body;
  const isAsTold = announced.status === 201 && regime.approval && !regime.objection;
  expectAsTold(isAsTold, 'the change needs approval, and silence is none', announced);
  narrator.told(
    `the server finds: ${elements[0].element} of Gintel AS, which needs approval by clause ${elements[0].clause}`,
  );
  await awaitAllNotices(stage, announced.body);
  const [approving, refusing] = [contactOf(controllers), contactOf(controllers - 1)];
  const request = await calls.mailTo(approving, ACTIVITY.da.slice(0, 40), /godkendelse/);
  const other = await calls.mailTo(refusing, 'Gintel AS', /godkendelse|approval/);
  narrator.told(`To ${approving}: ${request.subject}`);
  // Until the first of its sections.
  narrator.quote(request.text.trim().split('\n\n\n').slice(0, 2).join('\n\n\n'));
  return { changeId: announced.body.id, gintel: id, links: [linkIn(request.text), linkIn(other.text)] };
}

async function approve({ calls, narrator, controllers }: Stage, { links: [link] }: Request): Promise<void> {
  narrator.chapter('12. A customer approves: a choice, a name, and a code by e-mail');
  const { body: asked } = await calls.readLink(link);
  narrator.quote(asked.statement);
  const signed = { name: contactNameOf(controllers), role: 'Direktør' };
  const { contentHash } = asked;
  const sent = await calls.answer(link, { decision: 'approval', contentHash, ...signed });
  expectAsTold(sent.status === 202, 'a code is mailed, and nothing is approved yet', sent);
  const mail = await calls.mailTo(contactOf(controllers), 'Gintel AS', /kode|code/);
  const code = /\b\d{4} \d{4}\b/.exec(mail.text)?.[0] ?? '';
  const approved = await calls.answer(link, { code });
  expectAsTold(approved.status === 201 && approved.body.status === 'waiting', 'the code approves', approved);
  const receipt = await calls.mailTo(contactOf(controllers), 'Gintel AS', /modtaget jeres|received your/);
  narrator.told(`number ${approved.body.number}; receipt by e-mail: ${receipt.subject}`);
}

async function refuse({ calls, narrator, controllers }: Stage, { links: [, link] }: Request): Promise<void> {
  narrator.chapter('13. Another refuses, at once. The others say nothing, which is a no');
  const { body: asked } = await calls.readLink(link);
  const refused = await calls.answer(link, { decision: 'refusal', contentHash: asked.contentHash });
  expectAsTold(refused.status === 201 && refused.body.status === 'standing', 'the refusal stands', refused);
  const receipt = await calls.mailTo(contactOf(controllers - 1), 'Gintel AS', /ikke godkender|not approve/);
  narrator.told(`receipt by e-mail: ${receipt.subject}`);
}

async function activateForSome({ calls, narrator, moveClock }: Stage, { changeId }: Request): Promise<void> {
  narrator.chapter('14. A day later the approval counts, and the change is activated for one');
  const address = `/v1/changes/${changeId}`;
  await until('the receipt of the approval has arrived', async () => {
    const { body } = await calls.read(`${address}/approvals?decision=approval`);
    return body.items[0].takesEffectAt;
  });
  moveClock('P1D');
  narrator.told(`… the clock moves to ${narrator.now()}`);
  const { approvals } = await until('the approval has taken effect', async () => {
    const { body } = await calls.read(address);
    return body.approvals.approved === 1 ? body : null;
  });
  narrator.told(`approved: ${approvals.approved}, refused: ${approvals.refused}, no answer yet: ${approvals.none}`);
  const activated = await calls.api('POST', `${address}/activate`);
  const isAsTold = activated.status === 200 && activated.body.activations.controllers === 1;
  expectAsTold(isAsTold && activated.body.status === 'announced', 'a first wave is for one controller', activated);
  narrator.told('the first wave: 1 controller. The change stays open for the others until it is closed');
}

async function compareRegisters({ calls, narrator, controllers }: Stage, { changeId, gintel }: Request): Promise<void> {
  narrator.chapter('15. What Gintel AS may do now, for each of the two');
  const found = [];
  for (const number of [controllers, controllers - 1]) {
    const id = numberOf(number);
    const { body } = await calls.api('GET', `/v1/controllers/${id}/products/truetalk/register`);
    const { processing } = body.entries.find((entry: { id: string }) => entry.id === gintel);
    const asked = `controller=${id}&company=Gintel%20AS&country=NO`;
    const { body: entitlement } = await calls.api('GET', `/v1/products/truetalk/entitlement?${asked}`);
    narrator.told(`  ${processing.en}${entitlement.change === null ? '' : ` (by change ${entitlement.change})`}`);
    found.push([processing.en, entitlement.change]);
  }
  const isAsTold = found[0]?.[0] === ACTIVITY.en && found[0][1] === changeId && found[1]?.[1] === null;
  expectAsTold(isAsTold, 'the registers of the two differ', found);
}
