import { expect, test } from 'vitest';
import { showProgress } from '../../src/demo/progress.ts';

/** Somewhere to write, and what was. */
function anOutput(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

test('on a terminal one bar fills, with the rate and the time left', () => {
  const out = anOutput(true);
  const progress = showProgress(out, 100_000);
  progress.update(0, { perSecond: 0, secondsLeft: null });
  progress.update(50_000, { perSecond: 812.4, secondsLeft: 62 });
  progress.update(100_000, null);
  progress.end();
  expect(out.written).toEqual([
    `\r   ${'░'.repeat(30)} 0 of 100,000 notices\u001b[K`,
    `\r   ${'█'.repeat(15)}${'░'.repeat(15)} 50,000 of 100,000 notices · 812/s · 62 s left\u001b[K`,
    `\r   ${'█'.repeat(30)} 100,000 of 100,000 notices\u001b[K`,
    '\n',
  ]);
});

test('elsewhere there is a plain line for each tenth, however often it is asked', () => {
  const out = anOutput(false);
  const progress = showProgress(out, 1_000);
  for (let accepted = 0; accepted <= 1_000; accepted += 5)
    progress.update(accepted, { perSecond: 10, secondsLeft: 120 });
  progress.end();
  expect(out.written).toHaveLength(10);
  expect(out.written[0]).toBe('   100 of 1,000 notices · 10/s · 2 min left\n');
});
