import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announce, notifyAll, seed } from '../support/story.ts';
import { startPages, type PagesUnderTest } from './link-under-test.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOTIFIED = '2026-03-03T09:00:00Z';
const OPEN = '2026-03-07T09:00:00Z';

let pages: PagesUnderTest;
let link: string;

beforeAll(async () => {
  pages = await startPages(OPEN);
  const { pool } = pages.database;
  await seed(pool, 2, ANNOUNCED);
  const { id } = await announce(pool, ANNOUNCED);
  await notifyAll(pool, id, 1, NOTIFIED);
  link = `/objections/${await pages.tokenOf(id, 'kunde-1')}`;
});
afterAll(() => pages.close());

describe('the page behind a link', () => {
  it('x', async () => {
    const page = await pages.get(link);
    console.log(page.statusCode, page.headers, page.body);
    expect(page.statusCode).toBe(200);
  });
});
