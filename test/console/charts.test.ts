import { expect, test } from 'vitest';
import { barsOf, sharesOf } from '../../src/console/charts/shares.ts';
import { timePlot } from '../../src/console/charts/time-plot.ts';

const part = (count: number) => ({ label: 'x', count, tone: 'plain' as const });
const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

test('parts fill a bar by their shares, one after the other', () => {
  expect(sharesOf([part(1), part(0), part(3)]).map(({ from, width, percent }) => [from, width, percent])).toEqual([
    [0, 25, '25'],
    [25, 0, '0'],
    [25, 75, '75'],
  ]);
});

test('one of 100,000 is seen, is not called nothing, and the rest is not called all', () => {
  const [many, one] = sharesOf([part(99_999), part(1)]);
  expect(many).toMatchObject({ from: 0, width: 99, percent: '> 99' });
  expect(one).toMatchObject({ from: 99, width: 1, percent: '< 1' });
});

test('percents add up to 100, and what rounding leaves over goes to the largest remainders', () => {
  const percents = (...counts: number[]) => sharesOf(counts.map(part)).map(({ percent }) => percent);
  expect(percents(7, 1)).toEqual(['88', '12']);
  expect(percents(1, 1, 1)).toEqual(['34', '33', '33']);
  expect(percents(1, 5)).toEqual(['17', '83']);
  expect(percents(5, 0)).toEqual(['100', '0']);
  expect(percents(996, 4)).toEqual(['> 99', '< 1']);
  expect(percents(29, 29, 29, 29, 29, 29, 26).map(Number)).toEqual([15, 15, 15, 14, 14, 14, 13]);
});

test('however many small parts there are, the bar stays whole', () => {
  const shares = sharesOf([...Array.from({ length: 20 }, () => part(1)), part(1_000_000)]);
  expect(sum(shares.map(({ width }) => width))).toBeCloseTo(100, 1);
  expect(Math.min(...shares.map(({ width }) => width))).toBeGreaterThanOrEqual(1);
});

test('without a count a bar is empty', () => {
  expect(sharesOf([part(0), part(0)]).map(({ width, percent }) => [width, percent])).toEqual([
    [0, '0'],
    [0, '0'],
  ]);
  expect(barsOf([{ count: 0 }])).toEqual([{ count: 0, width: 0 }]);
});

test('bars are measured against the greatest', () => {
  expect(barsOf([{ count: 50 }, { count: 200 }, { count: 1 }]).map(({ width }) => width)).toEqual([25, 100, 1]);
});

test('courses are drawn from left to right, over a scale of round numbers', () => {
  const { top, grid, lines } = timePlot([0, 1_000, 4_000], [{ label: 'a', name: 'accepted', values: [0, 30, 57] }], 0);
  expect(top).toBe(60);
  expect(grid.map(({ value }) => value)).toEqual([0, 20, 40, 60]);
  expect(lines).toEqual([{ label: 'a', name: 'accepted', path: 'M0 100 L25 50 L100 5', last: 57 }]);
});

test('what is still to come has its place, and one moment alone is a line all the same', () => {
  const { top, lines } = timePlot([7, 7], [{ label: 'a', name: 'accepted', values: [0, 2] }], 100_000);
  expect(top).toBe(100_000);
  expect(lines[0]?.path).toBe('M0 100 L100 100');
  expect(timePlot([], [{ label: 'a', name: 'b', values: [] }], 0)).toMatchObject({
    top: 1,
    lines: [{ path: '', last: 0 }],
  });
});
