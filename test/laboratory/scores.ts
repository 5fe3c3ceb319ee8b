import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PORTS } from './config.ts';
import { untilOpen } from './software.ts';

const run = promisify(execFile);
/** A notice has less, or somebody looks at its rules. */
const LIMIT = 1;

/** What a filter says of a mail. */
export interface Score {
  readonly filter: string;
  readonly score: number;
  /** The rules that cost something. */
  readonly rules: string;
  readonly isRight: boolean;
}

interface Filter {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly score: RegExp;
  readonly rule: RegExp;
}

/** With the rules that ask nobody on the internet. Each gets the file's name as a further argument. */
const FILTERS: readonly Filter[] = [
  {
    name: 'SpamAssassin',
    command: ['sh', '-c', 'exec spamassassin --local --test-mode < "$0"'],
    score: /^X-Spam-Status:.*\bscore=(-?[\d.]+)/m,
    rule: /^ *(?<cost>-?\d[\d.]*) (?<rule>[A-Z][A-Z0-9_]+) /gm,
  },
  {
    name: 'rspamd',
    command: ['rspamc', '--connect', `127.0.0.1:${PORTS.rspamd}`, 'symbols'],
    score: /^Score: (-?[\d.]+)/m,
    rule: /^Symbol: (?<rule>\w+) \((?<cost>-?[\d.]+)\)/gm,
  },
];

/** Lets every filter judge the mail in this file. */
export async function scoresOf(file: string): Promise<Score[]> {
  await untilOpen(PORTS.rspamd, 'rspamd');
  return Promise.all(FILTERS.map((filter) => scoreOf(file, filter)));
}

async function scoreOf(file: string, { name, command: [program, ...options], score, rule }: Filter): Promise<Score> {
  const { stdout } = await run(program, [...options, file], { maxBuffer: 10_000_000 });
  const [, total] = score.exec(stdout) ?? [];
  if (total === undefined) throw new Error(`${name} gave no score: ${stdout}`);
  const costly = [...stdout.matchAll(rule)].flatMap(({ groups: { cost = '', rule: named = '' } = {} }) =>
    Number(cost) > 0 ? [`${named} ${cost}`] : [],
  );
  return { filter: name, score: Number(total), rules: costly.join(', '), isRight: Number(total) < LIMIT };
}
