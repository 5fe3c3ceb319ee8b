import type { FastifyReply, FastifyRequest } from 'fastify';
import { findTestNotice } from '../db/test-notices.ts';
import { openingAt } from '../domain/objection-window.ts';
import { SAMPLE_CONTROLLERS, SAMPLE_LIFETIME, sampleChange } from '../domain/sample.ts';
import type { Language } from '../domain/text.ts';
import { sendFailureInBothLanguages } from '../web/failure.ts';
import { chosenLanguage } from '../web/language.ts';
import { sendPage } from '../web/page.ts';
import { sectionWith } from './answer-section.ts';
import { describeChange } from './change-in-words.ts';
import type { PageDependencies } from './customer-link.ts';
import { pageWith, type ObjectionPage } from './objection-page.ts';
import { textsIn } from './texts.ts';

const HASH = /^[0-9a-f]{64}$/;

type SampleRequest = FastifyRequest<{ Params: { hash: string } }>;

/** `GET /samples/:hash`: the page as a customer would see it on the day of the test notice. It says so, and changes nothing. */
export function showSample(dependencies: PageDependencies) {
  return async (request: SampleRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const page = await samplePage(dependencies, request);
    return page === null ? sendNoSample(reply) : sendPage(reply, 200, 'customer/views/objection', page);
  };
}

/** `POST /samples/:hash`: says that nothing was sent. What was typed is neither read nor kept. */
export function receiveNothing(dependencies: PageDependencies) {
  return async (request: SampleRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const page = await samplePage(dependencies, request);
    if (page === null) return sendNoSample(reply);
    const { heading, back } = page.t.sample;
    const sent = {
      ...page,
      title: heading,
      otherLanguagePath: null,
      back: { path: `/samples/${request.params.hash}?lang=${page.language}`, label: back },
    };
    return sendPage(reply, 200, 'customer/views/sample', sent);
  };
}

async function samplePage({ pool, clock }: PageDependencies, request: SampleRequest): Promise<ObjectionPage | null> {
  const { hash } = request.params;
  if (!HASH.test(hash)) return null;
  const found = await findTestNotice(pool, hash, clock().subtract(SAMPLE_LIFETIME));
  if (found === null) return null;
  const { content, createdAt } = found;
  const language = chosenLanguage(request) ?? found.language;
  const change = sampleChange(content, createdAt);
  const { name: controllerName, contact, reference } = SAMPLE_CONTROLLERS[language];
  const pathIn = (other: Language) => `/samples/${hash}?lang=${other}`;
  const page = pathIn(language);
  const to = () => page;
  const paths = {
    page,
    receipt: to,
    withdrawal: to,
    keep: to,
    answer: page,
    approval: to,
    stop: to,
    withdrawRefusal: to,
    nomination: page,
    documentation: page,
  };
  const reading = { language, lang: language };
  const made = pageWith(
    {
      change,
      isLeftOut: false,
      window: { number: '0', ...openingAt(createdAt, content), leftAt: null, createdAt },
      changeInWords: describeChange(change, language),
      contact: { ...contact, controllerName },
      isOfContact: true,
      reference,
      sent: [],
      reading,
      paths,
      otherLanguagePath: pathIn(language === 'da' ? 'en' : 'da'),
      rejected: null,
      answer: change.regime.approval
        ? sectionWith({
            change,
            contact: { ...contact, controllerName },
            isOfContact: true,
            mayApprove: true,
            earlier: [],
            approvers: [],
            reading,
            paths,
            typed: null,
          })
        : null,
    },
    createdAt,
  );
  const { titlePrefix, banner } = made.t.sample;
  return { ...made, title: `${titlePrefix}: ${made.title}`, banner };
}

/** The page of a sample that is not kept: a preview writes nothing, and the page of a test notice stands for 30 days. */
function sendNoSample(reply: FastifyReply): Promise<FastifyReply> {
  return sendFailureInBothLanguages(reply, {
    status: 404,
    words: (language) => textsIn(language).sample.none,
    sender: null,
  });
}
