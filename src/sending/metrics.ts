import { Counter, Gauge, type Registry } from 'prom-client';
import type { SendOutcome } from '../domain/message.ts';
import type { MailTransport } from '../mail/transport.ts';
import type { Breaker } from './breaker.ts';

/** The figures of this process's sending, for a monitor. */
export interface SendingMetrics {
  attempted(outcome: SendOutcome): void;
  paused(): void;
  /** A message has failed for good. */
  failed(): void;
  /** A message was larger than the mail server takes. */
  tooLarge(): void;
  /** A notice comes so late that its window would end after the planned day. */
  endangered(): void;
}

const STATES = ['sending', 'paused', 'probing'] as const;
const OUTCOMES: readonly SendOutcome[] = ['accepted', 'retry', 'failed', 'deferred', 'unknown'];

export function sendingMetrics(
  registry: Registry,
  breaker: Breaker,
  transport: Pick<MailTransport, 'connections'>,
): SendingMetrics {
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const attempts = new Counter({
    name: 'varsel_mail_attempts_total',
    help: 'Attempts to hand a message over, by what became of them.',
    labelNames: ['outcome'],
    registers,
  });
  for (const outcome of OUTCOMES) attempts.inc({ outcome }, 0);
  const pauses = counter('varsel_mail_pauses_total', 'How often the sending was paused, mail not being taken.');
  const failures = counter('varsel_messages_failed_total', 'Messages that failed for good.');
  const tooLarge = counter('varsel_mail_too_large_total', 'Attempts with messages larger than the mail server takes.');
  const endangered = counter(
    'varsel_notices_endangered_total',
    'Notices too late for the planned day of their change.',
  );
  void new Gauge({
    name: 'varsel_mail_connections_allowed',
    help: 'Connections to the mail server at a time: as configured, or fewer where it refuses more.',
    registers,
    collect() {
      this.set(transport.connections());
    },
  });
  void new Gauge({
    name: 'varsel_mail_sending_state',
    help: 'How the handing over of mail goes: 1 for the state that it is in.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const state of STATES) this.set({ state }, state === breaker.state() ? 1 : 0);
    },
  });
  return {
    attempted: (outcome) => attempts.inc({ outcome }),
    paused: () => pauses.inc(),
    tooLarge: () => tooLarge.inc(),
    failed: () => failures.inc(),
    endangered: () => endangered.inc(),
  };
}
