import { Registry } from 'prom-client';
import type { AppDependencies } from '../app.ts';
import type { Config } from '../config/config.ts';
import type { Clock } from '../domain/clock.ts';
import { inboundAddresses, type InboundAddresses } from '../inbound/addresses.ts';
import type { Marks } from '../inbound/attribution.ts';
import type { MailReader } from '../inbound/mail-reader.ts';
import type { Wakes } from '../jobs/schedule.ts';
import type { MailMarks } from '../mail/as-sent.ts';
import type { DkimSigner } from '../mail/dkim.ts';
import { senderOf, type Sender } from '../mail/sender.ts';
import { inboundTags } from '../security/inbound-tags.ts';
import { objectionLinks, type ObjectionLinks } from '../security/objection-links.ts';
import { references } from '../security/references.ts';
import { withoutSecretsOf, type WithoutSecrets } from '../security/secrets-in-text.ts';
import { mailedCodes, type MailedCodes } from '../security/mailed-codes.ts';
import { signInSecrets } from '../security/sign-in-links.ts';
import { passkeyChallenges, type PasskeyChallenges } from '../security/passkey-challenges.ts';
import { webhookSecrets } from '../security/webhook-secrets.ts';
import { createBreaker, type Breaker } from '../sending/breaker.ts';
import { sendingWatch, type SendingWatch } from '../sending/sending-watch.ts';
import type { SealKeys } from '../security/seal-keys.ts';
import { sealingWatch, type SealingWatch } from '../evidence/sealer.ts';
import type { Sending } from '../sending/sending.ts';
import { webhookPoster } from '../webhooks/attempt.ts';
import { resolveHost } from '../webhooks/target.ts';
import { mailMarksOf } from './mail-marks.ts';
import type { Stops } from './stops.ts';

/** When a start gives up, and what tests replace, so that they wait for nothing. */
export interface Substitutes {
  /** Once it aborts, no further part is started, and those that were are stopped. */
  readonly signal?: AbortSignal;
  /** Whether the clock that is handed in is moved by hand, and not measured against the database's. */
  readonly isClockMoved?: boolean;
  readonly sleep?: NonNullable<AppDependencies['sleep']>;
  /** Is told, in words for the operator, why the process can no longer do its work; logged unless given. */
  readonly giveUp?: (reason: string) => void;
  readonly wakes?: Wakes;
  readonly reader?: MailReader;
  readonly lease?: NonNullable<Sending['lease']>;
  /** Whether connections to the database are kept until the stop, and what PostgreSQL has planned and read on them. */
  readonly keepsConnections?: boolean;
}

/** What the shared parts are made from. */
interface Given {
  readonly config: Config;
  readonly clock: Clock;
  readonly substitutes: Substitutes;
  readonly stops: Stops;
  readonly databaseUrl: string;
  readonly appSecret: string;
  readonly sealKeys: SealKeys;
  readonly dkim: DkimSigner | null;
}

/** What the parts of one process share. */
export interface Shared extends Given {
  readonly links: ObjectionLinks;
  /** The codes in mails to who wants to withdraw an objection. */
  readonly codes: MailedCodes;
  readonly challenges: PasskeyChallenges;
  /** What finds our own marks in mail that comes in. */
  readonly marks: Marks;
  /** What cuts our own marks out of what people and programs write back. */
  readonly withoutSecrets: WithoutSecrets;
  /** Who our mails are from, and what stands in them that is derived from a secret. */
  readonly sender: Sender;
  readonly mailMarks: MailMarks;
  readonly webhooks: AppDependencies['webhooks'];
  /** `null` where no domain is configured that mail comes back to. */
  readonly addresses: InboundAddresses | null;
  /** Where mails to the company itself go: the address in MAIL_REPLY_TO. */
  readonly operatorAddress: string;
  readonly registry: Registry;
  readonly breaker: Breaker;
  readonly watch: SendingWatch;
  readonly sealing: SealingWatch;
}

/** Makes what the parts of one process share. Connects to nothing. */
export function sharedParts(given: Given): Shared {
  const { config, clock, stops, appSecret, dkim } = given;
  const targets = { allowHttp: !config.production, allowPrivate: config.webhookAllowPrivate, resolve: resolveHost };
  const marks = { tags: inboundTags(appSecret), links: objectionLinks(appSecret), references: references(appSecret) };
  const codes = mailedCodes(appSecret);
  const poster = webhookPoster(targets);
  stops.add(() => poster.close());
  return {
    ...given,
    links: marks.links,
    codes,
    challenges: passkeyChallenges(appSecret),
    marks,
    sender: senderOf({ from: config.mailFrom, replyTo: config.mailReplyTo, dkim }),
    mailMarks: mailMarksOf(marks, codes, signInSecrets(appSecret)),
    withoutSecrets: withoutSecretsOf(marks.links, marks.tags),
    webhooks: { targets, poster, secretOf: webhookSecrets(appSecret) },
    addresses: config.inbound && inboundAddresses(config.inbound.domain, marks.tags, config.inbound.addresses),
    operatorAddress: bareAddress(config.mailReplyTo),
    registry: new Registry(),
    breaker: createBreaker(clock),
    watch: sendingWatch(clock),
    sealing: sealingWatch(clock),
  };
}

/** The address in `Name <address>`. */
function bareAddress(sender: string): string {
  return /<([^>]+)>/.exec(sender)?.[1] ?? sender;
}
