import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anAnnouncement } from '../support/examples.ts';
import { KEPT, LONGEST_SECONDS, SETTLING_SECONDS } from './config.ts';
import { controllerOf, keepMails, outcomesOf, type Outcome } from './outcomes.ts';
import { mailsOf, replyWithMutt, replyWithSNail } from './people.ts';
import { ROWS } from './rows.ts';
import { scoresOf, type Score } from './scores.ts';
import { startServers } from './software.ts';
import { startVarsel, type Call } from './varsel.ts';

/*
 * Announces a change to people behind real mail software, waits for what comes back, and shows what Varsel made of it.
 * `set-up` installs that software.
 */

/** Announces a change to the contact of every row. */
async function announce(call: Call): Promise<string> {
  for (const [index, row] of ROWS.entries()) {
    await call('PUT', `/v1/controllers/${controllerOf(row)}`, {
      name: `${row.scenario} ApS`,
      registrationNumber: String(10_000_001 + index),
      products: ['truetalk'],
      contacts: [{ email: row.address, name: 'Mette Holm', language: index % 2 === 0 ? 'da' : 'en' }],
    });
  }
  const plannedActivationOn = Temporal.Now.plainDateISO().add({ days: 60 });
  const { id } = await call<{ id: string }>('POST', '/v1/changes', anAnnouncement({ plannedActivationOn }));
  return id;
}

/** Waits until every row is as expected and stays so, or until nothing more can come. */
async function outcomesInTheEnd(call: Call, changeId: string): Promise<Outcome[]> {
  const deadline = performance.now() + LONGEST_SECONDS * 1_000;
  for (;;) {
    const outcomes = await outcomesOf(call, changeId, ROWS);
    const right = outcomes.filter(({ isRight }) => isRight).length;
    process.stderr.write(`${right} of ${ROWS.length} rows are as expected\n`);
    if (right === ROWS.length || performance.now() > deadline) break;
    await sleep(5_000);
  }
  await sleep(SETTLING_SECONDS * 1_000);
  return outcomesOf(call, changeId, ROWS);
}

function tableOf(outcomes: readonly Outcome[], scores: readonly Score[]): string {
  const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').slice(0, 110);
  const lines = outcomes.flatMap(({ row, notice, window, reports, answers, automatic, isRight }) => [
    `${isRight ? 'ok   ' : 'WRONG'} ${row.scenario.padEnd(34)} ${row.address.padEnd(32)} ${window.padEnd(16)} ${notice}`,
    ...reports.map(({ action, reason }) => `        ${action}: ${inOneLine(reason)}`),
    ...answers.map((text) => `        answer: ${inOneLine(text)}`),
    ...automatic.map((text) => `        automatic: ${inOneLine(text)}`),
  ]);
  const judged = scores.map(
    ({ filter, score, rules, isRight }) => `${isRight ? 'ok   ' : 'WRONG'} ${filter}: ${score} ${rules}`,
  );
  return `${[...lines, ...judged].join('\n')}\n`;
}

await using parts = new AsyncDisposableStack();
await startServers(parts);
const call = await startVarsel(parts);
const changeId = await announce(call);
// Without a reply its row is wrong, and the others are not.
for (const reply of [() => replyWithSNail('s-nail@postfix.example'), () => replyWithMutt('mutt@postfix.example')]) {
  await reply().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
}
const outcomes = await outcomesInTheEnd(call, changeId);
await keepMails(call);
const notice = path.join(KEPT, 'notice.eml');
await copyFile((await mailsOf('reader@postfix.example'))[0] ?? '', notice);
const scores = await scoresOf(notice);
process.stdout.write(tableOf(outcomes, scores));
if ([...outcomes, ...scores].some(({ isRight }) => !isRight)) process.exitCode = 1;
