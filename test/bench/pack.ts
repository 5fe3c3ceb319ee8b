import type { Measurement } from './measurement.ts';
import { secondsOf } from './figures.ts';
import { peakMegabytes } from './memory.ts';
import { startSink } from './sink.ts';
import { API_KEY, startVarsel } from './varsel.ts';

/** The evidence pack of a change with N controllers, while another change is announced and sent. */
export const pack: Measurement = {
  about:
    'The evidence pack of a change with N controllers, each with a notice that was accepted. pack s: until its last byte, what is\n' +
    'committed sealed before; MB: of the ZIP; MB/s; peak MB: the highest resident memory of the process until then.\n' +
    'notices/s: of the same change before, without a pack; meanwhile: of another change that is sent while a second pack is made.',
  sizes: [10_000, 100_000],
  rounds: 1,

  async measure(controllers, { parts, say }) {
    const sink = await startSink(parts);
    const varsel = await startVarsel(sink.port, parts);
    await varsel.seedControllers(controllers);
    await varsel.db.query('vacuum analyze');
    const { changeId } = await varsel.announce();
    const sentIn = await secondsOf(() => varsel.untilAllAccepted(changeId, controllers));
    say(`pack ${controllers}, notices/s: ${(controllers / sentIn).toFixed(0)}`);
    let bytes = 0;
    const made = async () => {
      bytes = 0;
      const response = await fetch(`${varsel.url}/v1/changes/${changeId}/evidence`, {
        headers: { authorization: `Bearer ${API_KEY}` },
      });
      if (response.status !== 200 || response.body === null)
        throw new Error(`expected a pack, found ${response.status}`);
      for await (const piece of response.body) bytes += piece.length;
    };
    const seconds = await secondsOf(made);
    const peak = await peakMegabytes(varsel.pid);
    say(`pack ${controllers}: ${seconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB, peak ${peak.toFixed(0)} MB`);
    const { changeId: other } = await varsel.announce();
    const again = made();
    const meanwhile = await secondsOf(() => varsel.untilAllAccepted(other, controllers));
    await again;
    return {
      controllers,
      'pack s': seconds,
      MB: bytes / 1e6,
      'MB/s': bytes / 1e6 / seconds,
      'peak MB': peak,
      'notices/s': controllers / sentIn,
      meanwhile: controllers / meanwhile,
      ratio: sentIn / meanwhile,
    };
  },
};
