import path from 'node:path';

/** Where `set-up` puts the servers. */
export const PLACE = '/opt/varsel-laboratory';
export const LOGS = path.join(PLACE, 'log');
/** The mails that came back in the last run, as they came, and the notice that the filters judged. */
export const KEPT = path.resolve(import.meta.dirname, '../../data/laboratory');

/** Ports of 127.0.0.1, as the configurations of the servers have them. */
export const PORTS = {
  listener: 2600,
  relay: 2601,
  postfix: 2602,
  exim: 2603,
  opensmtpd: 2604,
  dovecot: 2605,
  postgrey: 2606,
  srsIn: 2608,
  srsForward: 2611,
  srsReverse: 2612,
  rspamd: 2614,
} as const;

export const MAIL_FROM = 'varsel@telenor.example';
export const REPLY_TO = 'indsigelse@telenor.example';

/** How long the slowest server takes to give up, with room for a slow machine. */
export const LONGEST_SECONDS = 180;
/** How long a row must stay right, so that a mail which should not come is seen. */
export const SETTLING_SECONDS = 15;
