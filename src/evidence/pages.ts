import type { PackFile } from './bag.ts';
import type { PageTexts } from './page-texts.ts';
import {
  endOfPage,
  middleOfPage,
  rowOfController,
  startOfPage,
  storyOfController,
  type ControllerFacts,
  type PageFacts,
} from './page.ts';
import { Spool } from './spool.ts';
import { DA } from './texts-da.ts';
import { EN } from './texts-en.ts';
import { isRemarkable } from './timeline.ts';

/** The page lists all of so many controllers, and of more the first of them and those with whom more happened. */
const LISTED_ON_PAGE = 1000;

interface Page {
  readonly t: PageTexts;
  readonly file: string;
  readonly rows: Spool;
  readonly stories: Spool;
}

/** How the pages tell of controllers: of how many, at which time, and with which words for the company's persons and keys. */
interface Told {
  readonly total: number;
  readonly timeZone: string;
  readonly names: ReadonlyMap<string, string>;
}

/** What the pages of both languages say of controllers, and the list of them, kept on disk until the pages are written. */
export class Pages implements AsyncDisposable {
  readonly #pages: readonly Page[];
  readonly #list: Spool;
  readonly #timeZone: string;
  readonly #names: ReadonlyMap<string, string>;
  readonly #total: number;
  firstNotifiedAt: Temporal.Instant | null = null;
  shown = 0;

  private constructor({ total, timeZone, names }: Told, pages: readonly Page[], list: Spool) {
    this.#total = total;
    this.#timeZone = timeZone;
    this.#names = names;
    this.#pages = pages;
    this.#list = list;
  }

  static async open(told: Told): Promise<Pages> {
    const page = async (t: PageTexts, file: string): Promise<Page> => ({
      t,
      file,
      rows: await Spool.open(),
      stories: await Spool.open(),
    });
    const pages = [await page(DA, 'data/LÆS-MIG.html'), await page(EN, 'data/README.html')];
    return new Pages(told, pages, await Spool.open());
  }

  async add(facts: ControllerFacts): Promise<void> {
    const { moments, name: _name, files: _files, ...listed } = facts;
    await this.#list.append(Buffer.from(`${JSON.stringify(listed)}\n`));
    const isListed = this.shown < LISTED_ON_PAGE;
    for (const { t, rows, stories } of this.#pages) {
      if (isListed) await rows.append(Buffer.from(rowOfController(t, facts, this.#timeZone)));
      if (this.#total <= LISTED_ON_PAGE || isRemarkable(moments)) {
        await stories.append(Buffer.from(storyOfController(t, facts, this.#timeZone, this.#names)));
      }
    }
    if (isListed) this.shown += 1;
    const { notifiedAt } = facts;
    const isEarlier =
      notifiedAt !== null &&
      (this.firstNotifiedAt === null || Temporal.Instant.compare(notifiedAt, this.firstNotifiedAt) < 0);
    if (isEarlier) this.firstNotifiedAt = notifiedAt;
  }

  /** `controllers.ndjson`, which lists every controller, and the pages. */
  async *files(facts: PageFacts): AsyncGenerator<PackFile> {
    yield { path: 'data/controllers.ndjson', content: this.#list.read() };
    for (const { t, file, rows, stories } of this.#pages) {
      yield { path: file, content: pageOf(t, facts, rows, stories) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const spools = [this.#list, ...this.#pages.flatMap(({ rows, stories }) => [rows, stories])];
    for (const spool of spools) await spool[Symbol.asyncDispose]();
  }
}

async function* pageOf(t: PageTexts, facts: PageFacts, rows: Spool, stories: Spool): AsyncGenerator<Buffer> {
  yield Buffer.from(startOfPage(t, facts));
  yield* rows.read();
  yield Buffer.from(middleOfPage(t, facts));
  yield* stories.read();
  yield Buffer.from(endOfPage(t, facts));
}
