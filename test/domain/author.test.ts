import { expect, test } from 'vitest';
import { actorWithKey, actorWithLink, isSamePerson, SYSTEM } from '../../src/domain/author.ts';

const ONE = '01a22843-ba40-7371-b939-fc7098ab2d95';
const OTHER = '01a22843-bdc2-7ff4-a42e-6187643939ec';

test.each([
  [actorWithKey(ONE), actorWithKey(ONE), true],
  [actorWithKey(ONE), `Renamed (key ${ONE})`, true],
  [`First (key ${ONE})`, `Second (key ${ONE})`, true],
  [actorWithKey(ONE), actorWithKey(OTHER), false],
  [actorWithKey(ONE), `A key called (key ${ONE}) (key ${OTHER})`, false],
  [actorWithKey(ONE), actorWithLink(ONE), false],
  [actorWithKey(ONE), SYSTEM, false],
])('%s and %s are the same person: %s', (one, other, isSame) => {
  expect(isSamePerson(one, other)).toBe(isSame);
});
