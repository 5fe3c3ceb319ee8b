import { Refused } from '../domain/refused.ts';
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
 * is on our side (the database is away), or the notice is still in flight.
 */
export async function tryLaterIfItFails<Result>(log: Log, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused && error.code === 'notice-in-flight') {
      throw new SmtpRefusal(450, '4.2.0 This is being sent at the moment, try again later');
    }
    log.error({ err: error }, 'a mail could not be recorded; its sender is asked to try again');
    throw new SmtpRefusal(451, '4.3.0 It cannot be recorded now, try again later');
  }
}
