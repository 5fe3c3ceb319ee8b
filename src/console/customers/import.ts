import { importAll } from '../../api/controller-import.ts';
import { toProblem } from '../../http/errors.ts';
import { errorOf, textOf } from '../form-faults.ts';
import { namesOfProducts, ownProducts } from '../own-products.ts';
import { consolePage, type Shown } from '../page.ts';
import type { Visit } from '../visit.ts';
import { importResultOf, rejectedRows, type ImportAnswer, type Rejected } from './import-result.ts';
import { importFaultInWords } from './import-fault-words.ts';
import { asField, fileIn, mediaTypeOf, type KeptFile } from './kept-file.ts';
import { customerWords } from './texts.ts';

/** What is chosen besides the file. */
interface Choices {
  readonly columns: string;
  readonly endMissing: string;
}

type Faults = Readonly<Partial<Record<'file' | 'columns', string>>>;

/** `GET /console/customers/import`: the form that takes a file. */
export const showImport = consolePage('controllers:write', (visit) => showForm(visit, { columns: '', endMissing: '' }));

/** `POST /console/customers/import`: what the import of a file would do. Nothing is saved. */
export const tryImport = consolePage('controllers:write', async (visit) => {
  const { importing: t } = customerWords(visit.language);
  const choices = choicesIn(visit);
  const upload = visit.uploads['file'];
  if (upload === undefined) return showForm(visit, choices, { faults: { file: t.fileMissing } });
  if (upload.content === null) return showForm(visit, choices, { faults: { file: t.fileTooLarge } });
  if (upload.content.length === 0) return showForm(visit, choices, { faults: { file: t.fileEmpty } });
  return showTried(visit, { name: upload.name, content: upload.content }, choices);
});

/** `POST /console/customers/import/save`: imports the file that was tried, where it does what was shown. */
export const saveImport = consolePage('controllers:write', async (visit) => {
  const { importing: t } = customerWords(visit.language);
  const choices = choicesIn(visit);
  const file = fileIn(textOf(visit.form, 'kept'), textOf(visit.form, 'fileName'));
  if (file === null) return showForm(visit, choices, { faults: { file: t.notRead } });
  try {
    const { body } = await send(visit, file, choices, { hash: textOf(visit.form, 'hash') });
    const result = importResultOf(body as ImportAnswer, await namesOfProducts(visit), visit.language);
    return { view: 'console/customers/views/imported', title: t.doneHeading, model: { t, result } };
  } catch (error) {
    const code = toProblem(error)?.code;
    if (code === 'import-outdated') return showTried(visit, file, choices, t.outdated);
    return showRefused(visit, choices, error);
  }
});

const choicesIn = ({ form }: Visit): Choices => ({
  columns: textOf(form, 'columns'),
  endMissing: textOf(form, 'endMissing'),
});

function send(visit: Visit, file: KeptFile, { columns, endMissing }: Choices, more: Record<string, string>) {
  const query = { ...(columns !== '' && { columns }), ...(endMissing !== '' && { endMissing }), ...more };
  return visit.send(importAll, { content: file.content, mediaType: mediaTypeOf(file), query });
}

async function showTried(visit: Visit, file: KeptFile, choices: Choices, notice: string | null = null): Promise<Shown> {
  const { importing: t } = customerWords(visit.language);
  try {
    const { body } = await send(visit, file, choices, { dryRun: 'true' });
    const result = importResultOf(body as ImportAnswer, await namesOfProducts(visit), visit.language);
    const kept = { name: file.name, content: asField(file), hash: result.hash, ...choices };
    return { view: 'console/customers/views/tried', title: t.triedHeading, model: { t, result, kept, notice } };
  } catch (error) {
    return showRefused(visit, choices, error);
  }
}

/** The form again, with what was wrong: the file as a whole, its columns, or each of its rows. */
function showRefused(visit: Visit, choices: Choices, error: unknown): Promise<Shown> {
  const { importing: t } = customerWords(visit.language);
  const problem = toProblem(error);
  const { code, details } = problem ?? { code: 'internal-error', details: {} };
  if (code === 'lines-rejected') {
    const rejected = (details.rejected ?? []) as readonly Rejected[];
    return showForm(visit, choices, { faults: { file: t.allRejected }, rejected });
  }
  if (code === 'unsupported-media-type') return showForm(visit, choices, { faults: { file: t.notRead } });
  if (code !== 'invalid-request') throw error;
  const errors = details.errors ?? [];
  const ofColumns = errors.some(({ path }) => path === 'columns');
  const messages = errors.map(({ message }) => message);
  return showForm(visit, choices, {
    faults: ofColumns
      ? { columns: t.columnsFault }
      : { file: messages.some(isAboutColumns) ? t.columnsMissing : t.notRead },
    details: [...new Set(messages.map((message) => importFaultInWords(message, visit.language)))],
  });
}

const isAboutColumns = (message: string) => message.startsWith('Expected a column');

async function showForm(
  visit: Visit,
  choices: Choices,
  {
    faults = {},
    rejected = [],
    details = [],
  }: { faults?: Faults; rejected?: readonly Rejected[]; details?: readonly string[] } = {},
): Promise<Shown> {
  const { importing: t } = customerWords(visit.language);
  const errors = Object.entries(faults).map(([field, message]) => errorOf({ field, message }));
  const products = await ownProducts(visit, 'controllers:write');
  return {
    view: 'console/customers/views/import',
    title: t.heading,
    status: errors.length > 0 ? 400 : 200,
    isError: errors.length > 0,
    model: {
      t,
      choices,
      errors: errors.length > 0 ? errors : null,
      faults,
      details,
      rejected: rejectedRows(rejected, visit.language),
      products: [{ value: '', name: t.nobody }, ...products.map(({ id, name }) => ({ value: id, name }))],
    },
  };
}
