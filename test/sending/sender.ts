import { startWorkingProcess, type WorkingProcess, type WorkingProcessOptions } from '../support/working-process.ts';

/** A process of which a test runs the job that sends. */
export interface TestSender extends WorkingProcess {
  /** Runs the job once, until nothing is due. */
  run(): Promise<void>;
}

export function startSender(options: WorkingProcessOptions): TestSender {
  const started = startWorkingProcess(options);
  return { ...started, run: () => started.jobs.each.sendMessages() };
}
