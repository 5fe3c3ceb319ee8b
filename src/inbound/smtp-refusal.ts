import type { Log } from '../domain/log.ts';

/** Thrown when a recipient or a mail is not taken. smtp-server sends `responseCode` and the text to the mail system. */
export class SmtpRefusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, text: string) {
    super(text);
    this.name = 'SmtpRefusal';
    this.responseCode = responseCode;
  }
}

/**
 * Runs `work`. When it fails, throws an `SmtpRefusal` with a 4xx code, so that the mail system tries again later: the fault
 * is on our side, for example because the database is away.
 */
export async function tryLaterIfItFails<Result>(log: Log, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    log.error({ err: error }, 'a mail could not be recorded; its sender is asked to try again');
    throw new SmtpRefusal(451, '4.3.0 It cannot be recorded now, try again later');
  }
}
