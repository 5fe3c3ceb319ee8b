import type { Change } from '../domain/change.ts';
import type { MessageKind } from '../domain/message.ts';
import { dayIn } from '../domain/objection-window.ts';
import type { Objection } from '../domain/objection.ts';
import type { RegisterEntry, SubProcessor } from '../domain/register.ts';
import { inLanguage, type Language } from '../domain/text.ts';
import {
  chainInWords,
  changeInWords,
  countryName,
  dayInWords,
  deadlineInWords,
  instantInWords,
  placeInWords,
  windowRuleInWords,
} from '../domain/wording.ts';

/** What a message says, before it is put into words. */
export interface MessageFacts {
  readonly kind: MessageKind;
  readonly language: Language;
  readonly change: Change;
  /** The register entry that the change replaces; `null` for an addition. */
  readonly replaced: RegisterEntry | null;
  /** Names from the processor down to the sub-processor's parent, e.g. `['Telenor A/S', 'Gintel AS']`. */
  readonly chain: readonly string[];
  readonly controllerName: string;
  readonly contactName: string;
  /** In a notice the deadline it tells; otherwise the controller's deadline in force, or `null`. */
  readonly deadline: Temporal.Instant | null;
  /** Absolute URL, personal to the message. */
  readonly link: string;
  readonly objection: Objection | null;
}

/** What templates see as `it`: plain strings, already in the message's language. Nothing in it is HTML. */
export type MessageView = ReturnType<typeof viewOf>;

export function viewOf(facts: MessageFacts) {
  const { change, language, replaced, deadline, objection } = facts;
  const { timeZone } = change.terms;
  const { name, registrationNumber, contactPerson } = change.subProcessor;
  const dayOf = (instant: Temporal.Instant) => dayInWords(dayIn(timeZone, instant), language);
  return {
    language,
    link: facts.link,
    controllerName: facts.controllerName,
    contactName: facts.contactName,
    productName: change.productName,
    processor: change.processor,
    objectionAddress: change.objectionAddress,
    kind: change.kind,
    status: change.status,
    changeInWords: changeInWords({ ...change, name }, replaced?.name ?? null, language),
    reason: inLanguage(change.reason, language),
    plannedActivationOn: dayInWords(change.plannedActivationOn, language),
    announcedOn: dayOf(change.announcedAt),
    withdrawnOn: change.withdrawnAt && dayOf(change.withdrawnAt),
    withdrawalReason: change.withdrawalReason && inLanguage(change.withdrawalReason, language),
    deadline: deadline && deadlineInWords(deadline, timeZone, language),
    windowRule: windowRuleInWords(change.terms, language),
    subProcessor: {
      ...placesOf(change.subProcessor, language),
      registrationNumber,
      contactPerson: contactPerson && `${contactPerson.name}, ${contactPerson.email}`,
      chain: chainInWords([...facts.chain, name]),
      processing: inLanguage(change.subProcessor.processing, language),
      personalData: inLanguage(change.subProcessor.personalData, language),
    },
    replaced: replaced && placesOf(replaced, language),
    objection: objection && viewOfObjection(objection, timeZone, language),
  };
}

function placesOf({ name, address, country, locations }: SubProcessor, language: Language) {
  return {
    name,
    address,
    country: countryName(country, language),
    places: locations.map((location) => placeInWords(location, language)),
  };
}

function viewOfObjection({ resolution, ...objection }: Objection, timeZone: string, language: Language) {
  const { name, email } = objection.from;
  return {
    number: objection.number,
    channel: objection.channel,
    from: name && email ? `${name}, ${email}` : name || email || null,
    reasons: objection.reasons === '' ? null : objection.reasons,
    receivedAt: instantInWords(objection.receivedAt, timeZone, language),
    rejectedFor: objection.rejectedFor,
    outcome: resolution?.outcome ?? null,
    explanation: resolution?.explanation ?? null,
    resolvedAt: resolution && instantInWords(resolution.resolvedAt, timeZone, language),
  };
}
