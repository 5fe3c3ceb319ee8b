import { expect, test } from 'vitest';
import { milestonesDue } from '../../src/domain/milestone.ts';

const untold = { notified: false, windowsClosed: false };
const due = (total: number, notified: number, windowsOpen: number, told = untold) =>
  milestonesDue({ controllers: { total, notified, windowsOpen } }, told);

test('A change tells nothing while a controller has not been notified, even with every window closed', () => {
  expect(due(3, 2, 2)).toEqual([]);
  expect(due(3, 2, 0)).toEqual([]);
});

test('It tells that its last controller has been notified, and later that its last window has closed', () => {
  expect(due(3, 3, 3)).toEqual(['notified']);
  expect(due(3, 3, 0, { ...untold, notified: true })).toEqual(['windows-closed']);
});

test('It tells both in their order where both have come about', () => {
  expect(due(3, 3, 0)).toEqual(['notified', 'windows-closed']);
});

test('It tells each once', () => {
  expect(due(3, 3, 1, { ...untold, notified: true })).toEqual([]);
  expect(due(3, 3, 0, { notified: true, windowsClosed: true })).toEqual([]);
});
