/*
 * Varsel on a machine whose clock is wrong, for `skewed-processes.ts`: its argument says by how many milliseconds. A number that
 * it is sent sets the clock anew; it answers when that is done.
 */
import { readConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/domain/clock.ts';
import { startService } from '../../src/service.ts';

let aheadMs = Number(process.argv[2]);
const service = await startService(readConfig(), () => systemClock().add({ milliseconds: aheadMs }));
process.on('message', (newAheadMs: number) => {
  aheadMs = newAheadMs;
  process.send?.({ isSet: true });
});
// Whoever started it is gone, or ends it.
process.on('disconnect', () => void service.stop().then(() => process.exit()));
process.send?.({ url: service.url, mailPort: Number(new URL(service.inbound?.url ?? 'smtp://-:0').port) });
