import type { FastifyBaseLogger } from 'fastify';
import { passkeysOf } from '../../db/passkeys.ts';
import { proveFactors } from '../../db/sessions.ts';
import type { SignedIn } from '../../domain/session.ts';
import type { Language } from '../../domain/text.ts';
import { PASSKEY_SCRIPT } from '../../web/assets.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import type { Shown } from '../page.ts';
import { CSRF_FIELD, type Form } from '../visit.ts';
import { openIdTextsIn } from '../signing-in/openid-texts.ts';
import { answerFault, confirmAnswered } from './answers.ts';
import { passkeyTextsIn, type AnswerFault } from './texts.ts';

const FORBIDDEN = 403;

/** The fields by which somebody proves two factors, beside those of the form that takes them. */
const ANSWER_FIELD = 'proof';
const CONFIRMED_FIELD = 'confirmed';

/** Who is asked to prove two factors anew. */
interface Asked {
  readonly person: SignedIn;
  readonly language: Language;
  readonly dependencies: ConsoleDependencies;
}

/**
 * How a person can prove two factors anew here: as the session was begun, where that was at the identity provider; else by a passkey;
 * in a trial, where there may be no authenticator, by a button.
 */
async function wayOf({ person, dependencies }: Asked): Promise<'openid' | 'passkey' | 'trial' | 'none'> {
  if (person.session.method === 'openid' && dependencies.openId !== null) return 'openid';
  if ((await passkeysOf(dependencies.api.pool, person.id)).length > 0) return 'passkey';
  return dependencies.isTrial ? 'trial' : 'none';
}

/** Whether a form has something to prove two factors with, beside its own fields. */
export function hasProof(form: Form): boolean {
  return form[ANSWER_FIELD] !== undefined || form[CONFIRMED_FIELD] !== undefined;
}

/**
 * Proves the factors of a session anew by what a form has for that, beside its own fields (D59). `proved`, `asked` where the form has nothing for it yet, or else what is wrong.
 */
export async function proveAnew(
  asked: Asked,
  form: Form,
  log: FastifyBaseLogger,
): Promise<AnswerFault | 'asked' | 'proved'> {
  const { person, dependencies } = asked;
  const { api } = dependencies;
  if (form[CONFIRMED_FIELD] === 'yes' && (await wayOf(asked)) === 'trial') {
    await proveFactors(api.pool, person.session.id, api.clock());
    return 'proved';
  }
  const answer = form[ANSWER_FIELD];
  if (typeof answer !== 'string') return 'asked';
  if (answer === '') return 'none';
  try {
    await confirmAnswered(dependencies, person, answer);
    return 'proved';
  } catch (error) {
    const fault = answerFault(error);
    log.info({ err: error }, 'a passkey was not taken');
    return fault;
  }
}

/** The page that asks for two factors. Its form is sent to `action`, with all the fields of the form that took them. */
export async function confirmPage(
  asked: Asked,
  { action, form, fault }: { readonly action: string; readonly form: Form; readonly fault: AnswerFault | 'asked' },
): Promise<Shown> {
  const p = passkeyTextsIn(asked.language);
  const way = await wayOf(asked);
  const { heading, intro, submit } = way === 'trial' ? p.confirm.trial : p.confirm;
  const told = fault === 'asked' ? '' : p.fault[fault];
  const kept = Object.entries(form)
    .filter(([name]) => ![ANSWER_FIELD, CONFIRMED_FIELD, CSRF_FIELD].includes(name))
    .flatMap(([name, value = []]) => [value].flat().map((each) => ({ name, value: each })));
  return {
    view: 'console/passkeys/views/confirm',
    title: heading,
    status: FORBIDDEN,
    isError: told !== '',
    model: {
      p,
      o: openIdTextsIn(asked.language),
      way,
      heading,
      intro,
      submit,
      told,
      kept,
      action,
      passkeyScript: PASSKEY_SCRIPT.url,
    },
  };
}
