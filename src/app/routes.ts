import type { RouteHandlerMethod } from 'fastify';
import * as answers from '../api/answers.ts';
import * as approvalList from '../api/approval-list.ts';
import * as approvals from '../api/approvals.ts';
import * as audit from '../api/audit.ts';
import * as changeControllers from '../api/change-controllers.ts';
import * as changeEnds from '../api/change-ends.ts';
import * as changeList from '../api/change-list.ts';
import * as changePreview from '../api/change-preview.ts';
import * as changeProgress from '../api/change-progress.ts';
import * as changes from '../api/changes.ts';
import * as checkpoints from '../api/checkpoints.ts';
import * as controllerImport from '../api/controller-import.ts';
import * as contacts from '../api/contacts.ts';
import * as controllers from '../api/controllers.ts';
import * as decisionPreviews from '../api/decision-previews.ts';
import type { ApiDependencies } from '../api/dependencies.ts';
import * as entitlement from '../api/entitlement.ts';
import * as events from '../api/events.ts';
import * as evidence from '../api/evidence.ts';
import * as keys from '../api/keys.ts';
import * as legalHolds from '../api/legal-holds.ts';
import * as mails from '../api/mails.ts';
import * as me from '../api/me.ts';
import * as noticeReports from '../api/notice-reports.ts';
import * as nominations from '../api/nominations.ts';
import * as notices from '../api/notices.ts';
import * as notifyController from '../api/notify-controller.ts';
import * as objectionList from '../api/objection-list.ts';
import * as objections from '../api/objections.ts';
import { showProblem } from '../api/problem-pages.ts';
import * as people from '../api/people.ts';
import * as passkeys from '../api/passkeys.ts';
import * as persons from '../api/persons.ts';
import * as productTerms from '../api/product-terms.ts';
import * as products from '../api/products.ts';
import * as decisions from '../api/proposal-decisions.ts';
import * as proposals from '../api/proposals.ts';
import * as register from '../api/register.ts';
import * as retention from '../api/retention.ts';
import * as scans from '../api/scans.ts';
import * as sessions from '../api/sessions.ts';
import * as transfers from '../api/transfers.ts';
import * as webhookDeliveries from '../api/webhook-deliveries.ts';
import * as webhookSecrets from '../api/webhook-secrets.ts';
import * as webhooks from '../api/webhooks.ts';
import * as worklist from '../api/worklist.ts';
import { showNoSuchPage, type CustomerRoute } from '../customer/customer-pages.ts';
import * as signingIn from '../console/signing-in/handlers.ts';
import { beginOpenId, finishOpenId, signOutOpenId } from '../console/signing-in/openid-handlers.ts';
import { CONSOLE_PAGES } from '../console/routes.ts';
import { type SignInRoute } from '../console/serve-console.ts';
import { receiveAnswer, showAnswer } from '../customer/answer-handlers.ts';
import { sendDocumentation } from '../customer/documentation-handler.ts';
import { showApproval } from '../customer/approval-page.ts';
import { askWhoMayApprove, nominate } from '../customer/nomination-handlers.ts';
import { askWhetherToWithdrawRefusal, withdrawRefusal } from '../customer/refusal-handlers.ts';
import { askWhetherToStop, stopAnswer } from '../customer/stop-handlers.ts';
import { receiveObjection, showObjectionPage } from '../customer/objection-handlers.ts';
import { showReceipt } from '../customer/receipt-page.ts';
import { receiveNothing, showSample } from '../customer/sample-page.ts';
import { askWhetherToKeep, keepObjection } from '../customer/keep-handlers.ts';
import { askWhetherToWithdraw, withdrawObjection } from '../customer/withdrawal-handlers.ts';
import type { Method } from '../http/mount-operation.ts';
import { healthz, metrics, readyz, type HealthDependencies } from '../http/health.ts';
import type { Operation } from '../http/operation.ts';
import { download, showNoSuchRegister, showRegister, type RegisterRoute } from '../public-register/handlers.ts';
import { CONSOLE_STYLESHEET, DRAFT_SCRIPT, KEEPING_SCRIPT, PASSKEY_SCRIPT, SCRIPT, STYLESHEET } from '../web/assets.ts';

/** Every address that Varsel serves, by who uses it. HEAD is served wherever GET is. */
export const ROUTES = {
  /** Programs of the company, with an API key. */
  api: [
    ['GET', '/v1/products', products.list],
    ['GET', '/v1/products/:product', products.get],
    ['PUT', '/v1/products/:product', products.put],
    ['GET', '/v1/products/:product/terms', productTerms.list],
    ['GET', '/v1/products/:product/register', register.get],
    ['PUT', '/v1/products/:product/register', register.put],
    ['GET', '/v1/products/:product/transfers', transfers.list],
    ['GET', '/v1/products/:product/entitlement', entitlement.get],

    ['GET', '/v1/controllers', controllers.list],
    ['POST', '/v1/controllers/import', controllerImport.importAll],
    ['GET', '/v1/controllers/:externalId', controllers.get],
    ['PUT', '/v1/controllers/:externalId', controllers.put],
    ['PATCH', '/v1/controllers/:externalId', controllers.patch],
    ['DELETE', '/v1/controllers/:externalId', controllers.empty],
    ['GET', '/v1/controllers/:externalId/contacts', contacts.list],
    ['POST', '/v1/controllers/:externalId/contacts', contacts.add],
    ['PUT', '/v1/controllers/:externalId/contacts/:contactId', contacts.correct],
    ['DELETE', '/v1/controllers/:externalId/contacts/:contactId', contacts.remove],
    ['GET', '/v1/controllers/:externalId/changes', changeControllers.listOfController],
    ['GET', '/v1/controllers/:externalId/products/:product/register', register.getOfController],
    ['DELETE', '/v1/controllers/:externalId/products/:product', controllers.leaveProduct],

    ['POST', '/v1/changes', changes.announce],
    ['POST', '/v1/changes/preview', changePreview.show],
    ['POST', '/v1/changes/preview/notice', changePreview.sendTest],
    ['GET', '/v1/changes', changeList.list],
    ['GET', '/v1/changes/:id', changes.get],
    ['GET', '/v1/changes/:id/controllers', changeControllers.list],
    ['GET', '/v1/changes/:id/controllers/:externalId/messages', notices.listToController],
    ['GET', '/v1/changes/:id/progress', changeProgress.get],
    ['GET', '/v1/changes/:id/events', events.listOfChange],
    ['GET', '/v1/changes/:id/evidence', evidence.get],
    ['POST', '/v1/changes/:id/confirm-wording', changes.confirmWording],
    ['POST', '/v1/changes/:id/activate', changes.activate],
    ['POST', '/v1/changes/:id/activate/preview', changeEnds.activate],
    ['GET', '/v1/changes/:id/activations', changes.activations],
    ['POST', '/v1/changes/:id/close', changes.close],
    ['POST', '/v1/changes/:id/listed-in-terms', changes.list],
    ['POST', '/v1/changes/:id/withdraw', changes.withdraw],
    ['POST', '/v1/changes/:id/withdraw/preview', changeEnds.withdraw],
    ['POST', '/v1/changes/:id/controllers/:externalId/notice-by-letter', notifyController.noticeByLetter],
    ['POST', '/v1/changes/:id/controllers/:externalId/resend', notifyController.resend],
    ['POST', '/v1/changes/:id/resend-failed', notifyController.resendFailed],

    ['POST', '/v1/changes/:id/objections', objections.file],
    ['GET', '/v1/changes/:id/objections', objectionList.listOfChange],
    ['GET', '/v1/changes/:id/approvals', approvalList.listOfChange],
    ['POST', '/v1/changes/:id/approvals', approvals.record],
    ['GET', '/v1/approvals', approvalList.list],
    ['GET', '/v1/approvals/:id', approvals.get],
    ['POST', '/v1/approvals/:id/confirm', approvals.confirm],
    ['POST', '/v1/approvals/:id/confirm/preview', decisionPreviews.confirmation],
    ['POST', '/v1/approvals/:id/withdraw', approvals.withdraw],
    ['POST', '/v1/approvals/:id/withdraw/preview', decisionPreviews.withdrawnApproval],
    ['GET', '/v1/objections', objectionList.list],
    ['GET', '/v1/objections/:id', objections.get],
    ['POST', '/v1/objections/:id/resolve', objections.resolve],
    ['POST', '/v1/objections/:id/resolve/preview', decisionPreviews.resolution],
    ['POST', '/v1/objections/:id/accept-late', objections.acceptLate],
    ['POST', '/v1/objections/:id/accept-late/preview', decisionPreviews.lateAcceptance],

    ['GET', '/v1/changes/:id/answers', answers.listOfChange],
    ['GET', '/v1/answers', answers.list],
    ['GET', '/v1/answers/:id', answers.get],
    ['GET', '/v1/answers/:id/mail', answers.getMail],
    ['POST', '/v1/answers/:id/classify', answers.classify],
    ['POST', '/v1/answers/:id/classify/preview', decisionPreviews.classification],

    ['GET', '/v1/changes/:id/mails', mails.listOfChange],
    ['GET', '/v1/mails', mails.list],
    ['GET', '/v1/mails/:id', mails.get],
    ['GET', '/v1/mails/:id/raw', mails.getRaw],
    ['POST', '/v1/mails/:id/attribute', mails.attribute],
    ['POST', '/v1/mails/:id/dismiss', mails.dismiss],
    ['POST', '/v1/mails/:id/answer', mails.callAnAnswer],

    ['GET', '/v1/changes/:id/scans', scans.listOfChange],
    ['POST', '/v1/changes/:id/scans', scans.add],
    ['GET', '/v1/scans/:id', scans.get],

    ['GET', '/v1/changes/:id/nominations', nominations.listOfChange],
    ['GET', '/v1/nominations', nominations.list],
    ['GET', '/v1/nominations/:id', nominations.get],
    ['POST', '/v1/nominations/:id/confirm', nominations.confirm],
    ['POST', '/v1/nominations/:id/reject', nominations.reject],
    ['POST', '/v1/nominations/:id/confirm/preview', decisionPreviews.nomination],

    ['GET', '/v1/notices/:id', notices.get],
    ['GET', '/v1/notices/:id/mail', notices.getMail],
    ['GET', '/v1/notices/:id/reports/:reportId/mail', notices.getMailOfReport],
    ['POST', '/v1/notices/:id/bounce', noticeReports.bounce],
    ['POST', '/v1/notices/:id/reached', noticeReports.reached],

    ['POST', '/v1/proposals', proposals.make],
    ['GET', '/v1/proposals', proposals.list],
    ['GET', '/v1/proposals/:id', proposals.get],
    ['GET', '/v1/proposals/:id/preview', proposals.preview],
    ['POST', '/v1/proposals/:id/approve', decisions.approve],
    ['POST', '/v1/proposals/:id/reject', decisions.reject],
    ['POST', '/v1/proposals/:id/cancel', decisions.cancel],

    ['POST', '/v1/persons/export', persons.exportAll],
    ['POST', '/v1/persons/erase', persons.erase],

    ['GET', '/v1/audit', audit.list],
    ['GET', '/v1/checkpoints', checkpoints.list],
    ['GET', '/v1/checkpoints/latest', checkpoints.latest],
    ['GET', '/v1/checkpoints/keys', checkpoints.listKeys],

    ['GET', '/v1/retention/preview', retention.preview],
    ['POST', '/v1/legal-holds', legalHolds.place],
    ['GET', '/v1/legal-holds', legalHolds.list],
    ['POST', '/v1/legal-holds/:id/release', legalHolds.release],

    ['GET', '/v1/events', events.list],

    ['POST', '/v1/webhooks', webhooks.create],
    ['GET', '/v1/webhooks', webhooks.list],
    ['GET', '/v1/webhooks/:id', webhooks.get],
    ['PATCH', '/v1/webhooks/:id', webhooks.patch],
    ['DELETE', '/v1/webhooks/:id', webhooks.remove],
    ['POST', '/v1/webhooks/:id/rotate-secret', webhookSecrets.rotate],
    ['DELETE', '/v1/webhooks/:id/previous-secret', webhookSecrets.revokePrevious],
    ['POST', '/v1/webhooks/:id/test', webhookDeliveries.sendTest],
    ['GET', '/v1/webhooks/:id/deliveries', webhookDeliveries.list],
    ['POST', '/v1/webhooks/:id/replay', webhookDeliveries.replay],
    ['GET', '/v1/webhooks/:id/replays', webhookDeliveries.replays],

    ['GET', '/v1/worklist', worklist.get],

    ['GET', '/v1/me', me.get],
    ['GET', '/v1/me/passkeys', passkeys.list],
    ['PATCH', '/v1/me/passkeys/:id', passkeys.rename],
    ['DELETE', '/v1/me/passkeys/:id', passkeys.remove],
    ['POST', '/v1/keys', keys.create],
    ['GET', '/v1/keys', keys.list],
    ['DELETE', '/v1/keys/:id', keys.revoke],

    ['POST', '/v1/people', people.invite],
    ['GET', '/v1/people', people.list],
    ['GET', '/v1/people/:id', people.get],
    ['DELETE', '/v1/people/:id', people.disable],
    ['POST', '/v1/people/:id/invite', people.again],
    ['POST', '/v1/people/:id/roles', people.give],
    ['DELETE', '/v1/people/:id/roles/:roleId', people.end],
    ['GET', '/v1/sessions', sessions.list],
    ['DELETE', '/v1/sessions/:id', sessions.end],
  ] as const satisfies readonly (readonly [Method, string, Operation<ApiDependencies>])[],

  /** Customers, with the link in their mail; and the sample of what they see. */
  customer: [
    ['GET', '/objections/:token', showObjectionPage],
    ['POST', '/objections/:token', receiveObjection],
    ['GET', '/objections/:token/answer', showAnswer],
    ['POST', '/objections/:token/answer', receiveAnswer],
    ['GET', '/objections/:token/answer/:approvalId', showApproval],
    ['GET', '/objections/:token/answer/:approvalId/stop', askWhetherToStop],
    ['POST', '/objections/:token/answer/:approvalId/stop', stopAnswer],
    ['GET', '/objections/:token/answer/:approvalId/withdraw', askWhetherToWithdrawRefusal],
    ['POST', '/objections/:token/answer/:approvalId/withdraw', withdrawRefusal],
    ['GET', '/objections/:token/nominate', askWhoMayApprove],
    ['POST', '/objections/:token/nominate', nominate],
    ['POST', '/objections/:token/documentation', sendDocumentation],
    ['GET', '/objections/:token/:objectionId', showReceipt],
    ['GET', '/objections/:token/:objectionId/withdraw', askWhetherToWithdraw],
    ['POST', '/objections/:token/:objectionId/withdraw', withdrawObjection],
    ['GET', '/objections/:token/:objectionId/keep', askWhetherToKeep],
    ['POST', '/objections/:token/:objectionId/keep', keepObjection],
    ['GET', '/objections/*', showNoSuchPage],
    ['POST', '/objections/*', showNoSuchPage],
    ['GET', '/samples/:hash', showSample],
    ['POST', '/samples/:hash', receiveNothing],
  ] as const satisfies readonly CustomerRoute[],

  /** People of the company, signed in. */
  console: CONSOLE_PAGES,

  /** How they sign in and out. */
  signIn: [
    ['GET', '/console/sign-in', signingIn.showSignIn],
    ['GET', '/console/sign-in/openid', beginOpenId],
    ['GET', '/console/sign-in/openid/callback', finishOpenId],
    ['GET', '/console/sign-out/openid', signOutOpenId],
    ['GET', '/console/sign-in/passkey', signingIn.passkeyOptions],
    ['POST', '/console/sign-in/passkey', signingIn.usePasskey],
    ['GET', '/console/sign-in/:secret', signingIn.showLink],
    ['POST', '/console/sign-in/:secret', signingIn.useLink],
    ['POST', '/console/sign-out', signingIn.signOut],
  ] as const satisfies readonly SignInRoute[],

  /** Everybody. */
  register: [
    ['GET', '/register/:product', showRegister],
    ['GET', '/register/:product.json', download('json')],
    ['GET', '/register/:product.csv', download('csv')],
    ['GET', '/register/:product.atom', download('atom')],
    ['GET', '/register', showNoSuchRegister],
    ['GET', '/register/*', showNoSuchRegister],
  ] as const satisfies readonly RegisterRoute[],

  /** Operators and their monitoring. A worker serves these alone. */
  service: [
    ['GET', '/healthz', healthz],
    ['GET', '/readyz', readyz],
    ['GET', '/metrics', metrics],
    ['GET', '/problems/:code', () => showProblem],
    ['GET', '/assets/varsel.css', () => STYLESHEET.send],
    ['GET', '/assets/console.css', () => CONSOLE_STYLESHEET.send],
    ['GET', '/assets/console.js', () => SCRIPT.send],
    ['GET', '/assets/passkeys.js', () => PASSKEY_SCRIPT.send],
    ['GET', '/assets/drafts.js', () => DRAFT_SCRIPT.send],
    ['GET', '/assets/kept-here.js', () => KEEPING_SCRIPT.send],
  ] as const satisfies readonly (readonly [Method, string, (dependencies: HealthDependencies) => RouteHandlerMethod])[],

  /** Developers: the documentation of the API. @fastify/swagger-ui serves more addresses below `/docs`. */
  documentation: { start: '/', pages: '/docs' },
} as const;
