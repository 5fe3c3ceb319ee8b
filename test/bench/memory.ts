import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Measurement } from './measurement.ts';
import { expectEachOnce, startSink } from './sink.ts';
import { startVarsel } from './varsel.ts';

const SETTLE_MS = 2_000;

/** Peak resident memory of the service's process through the whole job. */
export const memory: Measurement = {
  about:
    'Resident memory in MB of the Node process (PostgreSQL excluded): idle after its start, and the highest that the kernel\n' +
    'saw while N controllers were imported, announced to, and sent their notices.',
  sizes: [100_000],
  rounds: 1,

  async measure(controllers, { parts, say }) {
    if (process.platform !== 'linux') throw new Error("memory is read from Linux's /proc");
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await sleep(SETTLE_MS);
    const idle = await megabytes(varsel.pid, 'VmRSS');
    const peakOf = async (phase: string, work: () => Promise<unknown>) => {
      // Begins the kernel's high-water mark anew (proc(5)).
      await writeFile(`/proc/${varsel.pid}/clear_refs`, '5');
      await work();
      const peak = await megabytes(varsel.pid, 'VmHWM');
      say(`memory ${controllers}, ${phase}: ${peak.toFixed(0)} MB`);
      return peak;
    };
    const importing = await peakOf('import', () => varsel.importControllers(controllers));
    let changeId = '';
    const announcing = await peakOf('announce', async () => {
      ({ changeId } = await varsel.announce());
    });
    const sending = await peakOf('send', () => varsel.untilAllAccepted(changeId, controllers));
    await expectEachOnce(sink, controllers);
    return {
      controllers,
      'idle MB': idle,
      'import MB': importing,
      'announce MB': announcing,
      'send MB': sending,
      'peak MB': Math.max(importing, announcing, sending),
    };
  },
};

/** The highest resident memory of a process that the kernel saw. */
export function peakMegabytes(pid: number): Promise<number> {
  return megabytes(pid, 'VmHWM');
}

async function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`no ${field} in /proc/${pid}/status`);
  return Number(kilobytes) / 1_024;
}
