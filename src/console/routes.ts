import * as changeCustomers from './change/controllers.ts';
import * as changeEnding from './change/ends.ts';
import * as changeEvidence from './change/evidence.ts';
import * as changeListPage from './change/list.ts';
import * as changeMail from './change/mail.ts';
import * as changePage from './change/page.ts';
import * as changeProgressPart from './change/progress.ts';
import * as changeReach from './change/reach.ts';
import * as changeRecord from './change/record.ts';
import * as changeStory from './change/story.ts';
import * as changeTimeline from './change/timeline.ts';
import { announceDraft, proposeDraft, sendTestNotice, showPlannedMail } from './announcing/act-handlers.ts';
import { beginDraft, discardDraft, showDrafts } from './announcing/drafts-handlers.ts';
import { keepStep, saveStep, showStep } from './announcing/step-handlers.ts';
import * as customerContact from './customers/contact.ts';
import * as customerForm from './customers/form.ts';
import * as customerImport from './customers/import.ts';
import { listCustomers } from './customers/list.ts';
import * as customer from './customers/one.ts';
import { showRegister as showRegisterToOfficers } from './register/handlers.ts';
import { listAudit } from './settings/audit.ts';
import * as evidenceSettings from './settings/evidence.ts';
import { showSettings } from './settings/index.ts';
import * as keySettings from './settings/keys.ts';
import * as productForm from './settings/product-form.ts';
import * as productSettings from './settings/products.ts';
import * as retentionSettings from './settings/retention.ts';
import * as webhookActs from './settings/webhook-acts.ts';
import * as webhookForm from './settings/webhook-form.ts';
import * as webhookSettings from './settings/webhooks.ts';
import { approveProposal, cancelProposal, rejectProposal } from './proposals/decide.ts';
import { showProposals } from './proposals/list-page.ts';
import { propose } from './proposals/propose.ts';
import { showMail as showMailOfProposal, showProposal } from './proposals/proposal-page.ts';
import { forgetKeptForm, keptForm } from './kept-forms.ts';
import { askWhomToInvite, invitePerson } from './people/invite-page.ts';
import { listPeople } from './people/list-page.ts';
import { endOwn, showOwn } from './people/own-page.ts';
import * as personPage from './people/person-page.ts';
import * as ownPasskeys from './passkeys/handlers.ts';
import { scanFile } from './scans.ts';
import { noSuchPage, type ConsoleRoute } from './serve-console.ts';
import { answer, listAnswers, showMailOfAnswer } from './inbox/answers.ts';
import { approval, listApprovals } from './inbox/approvals.ts';
import { deciding } from './inbox/decide.ts';
import { listMails, mail, showRawMail } from './inbox/mails.ts';
import { listNominations, nomination } from './inbox/nominations.ts';
import { pageOf } from './inbox/noun.ts';
import { listObjections, objection } from './inbox/objections.ts';
import { inbox } from './inbox/sections.ts';
import { today, workPart } from './today/handlers.ts';

/** Every page of the console, and what each form does. Whoever asks is signed in. */
export const CONSOLE_PAGES = [
  ['GET', '/console', today],
  ['GET', '/console/work', workPart],
  ['GET', '/console/changes', changeListPage.list],
  ['GET', '/console/changes/:id', changePage.page],
  ['GET', '/console/changes/:id/progress', changeProgressPart.progressPart],
  ['GET', '/console/changes/:id/timeline', changeTimeline.timeline],
  ['GET', '/console/changes/:id/activate', changeEnding.askWhetherToActivate],
  ['POST', '/console/changes/:id/activate', changeEnding.activate],
  ['GET', '/console/changes/:id/activate/mail.html', changeEnding.activationMail],
  ['GET', '/console/changes/:id/withdraw', changeEnding.askWhetherToWithdraw],
  ['POST', '/console/changes/:id/withdraw', changeEnding.withdraw],
  ['GET', '/console/changes/:id/withdraw/mail.html', changeEnding.withdrawalMail],
  ['GET', '/console/changes/:id/close', changeEnding.askWhetherToClose],
  ['POST', '/console/changes/:id/close', changeEnding.close],
  ['GET', '/console/changes/:id/confirm-wording', changeEnding.askWhetherToConfirm],
  ['POST', '/console/changes/:id/confirm-wording', changeEnding.confirmWording],
  ['GET', '/console/changes/:id/resend-failed', changeReach.askWhetherToResend],
  ['POST', '/console/changes/:id/resend-failed', changeReach.resendFailed],
  ['GET', '/console/changes/:id/evidence', changeEvidence.evidencePage],
  ['GET', '/console/changes/:id/evidence/pack', changeEvidence.evidencePack],
  ['GET', '/console/changes/:id/controllers', changeCustomers.controllers],
  ['GET', '/console/changes/:id/controllers/:externalId', changeStory.story],
  ['POST', '/console/changes/:id/controllers/:externalId/resend', changeReach.resend],
  ['POST', '/console/changes/:id/controllers/:externalId/letter', changeReach.letter],
  ['POST', '/console/changes/:id/controllers/:externalId/reached', changeReach.reached],
  ['POST', '/console/changes/:id/controllers/:externalId/scans', changeReach.scan],
  ['GET', '/console/changes/:id/controllers/:externalId/record', changeRecord.showRecording],
  ['POST', '/console/changes/:id/controllers/:externalId/record', changeRecord.record],
  ['GET', '/console/changes/:id/scans/:scanId', scanFile],
  ['GET', '/console/changes/:id/controllers/:externalId/messages/:messageId', changeMail.mail],
  ['GET', '/console/changes/:id/controllers/:externalId/messages/:messageId/mail.html', changeMail.mailPicture],
  ['GET', '/console/changes/:id/controllers/:externalId/messages/:messageId/mail.eml', changeMail.mailFile],
  ['GET', '/console/announce', showDrafts],
  ['POST', '/console/announce', beginDraft],
  ['POST', '/console/announce/:id/discard', discardDraft],
  ['GET', '/console/announce/:id/mail', showPlannedMail],
  ['POST', '/console/announce/:id/test', sendTestNotice],
  ['POST', '/console/announce/:id/announce', announceDraft],
  ['POST', '/console/announce/:id/propose', proposeDraft],
  ['GET', '/console/announce/:id/:step', showStep],
  ['POST', '/console/announce/:id/:step', saveStep],
  ['POST', '/console/announce/:id/:step/keep', keepStep],

  ['GET', '/console/inbox', inbox],
  ['GET', '/console/inbox/answers', listAnswers],
  ['GET', '/console/inbox/answers/:id', pageOf(answer)],
  ['POST', '/console/inbox/answers/:id', deciding(answer)],
  ['GET', '/console/inbox/answers/:id/mail', showMailOfAnswer],
  ['GET', '/console/inbox/objections', listObjections],
  ['GET', '/console/inbox/objections/:id', pageOf(objection)],
  ['POST', '/console/inbox/objections/:id', deciding(objection)],
  ['GET', '/console/inbox/approvals', listApprovals],
  ['GET', '/console/inbox/approvals/:id', pageOf(approval)],
  ['POST', '/console/inbox/approvals/:id', deciding(approval)],
  ['GET', '/console/inbox/nominations', listNominations],
  ['GET', '/console/inbox/nominations/:id', pageOf(nomination)],
  ['POST', '/console/inbox/nominations/:id', deciding(nomination)],
  ['GET', '/console/inbox/mails', listMails],
  ['GET', '/console/inbox/mails/:id', pageOf(mail)],
  ['POST', '/console/inbox/mails/:id', deciding(mail)],
  ['GET', '/console/inbox/mails/:id/mail', showRawMail],
  ['GET', '/console/register', showRegisterToOfficers],

  ['GET', '/console/customers', listCustomers],
  ['GET', '/console/customers/new', customerForm.showNewCustomer],
  ['POST', '/console/customers/new', customerForm.createCustomer],
  ['GET', '/console/customers/import', customerImport.showImport],
  ['POST', '/console/customers/import', customerImport.tryImport],
  ['POST', '/console/customers/import/save', customerImport.saveImport],
  ['GET', '/console/customers/:externalId', customer.showCustomer],
  ['GET', '/console/customers/:externalId/edit', customerForm.showEditCustomer],
  ['POST', '/console/customers/:externalId/edit', customerForm.editCustomer],
  ['GET', '/console/customers/:externalId/contacts/new', customerContact.showNewContact],
  ['POST', '/console/customers/:externalId/contacts/new', customerContact.addContact],
  ['GET', '/console/customers/:externalId/contacts/:contactId', customerContact.showContact],
  ['POST', '/console/customers/:externalId/contacts/:contactId', customerContact.correctContact],
  ['POST', '/console/customers/:externalId/contacts/:contactId/remove', customerContact.removeContact],
  ['GET', '/console/customers/:externalId/products/:product/leave', customer.askWhetherToLeave],
  ['POST', '/console/customers/:externalId/products/:product/leave', customer.leaveProduct],

  ['GET', '/console/settings', showSettings],
  ['GET', '/console/settings/products', productSettings.listProducts],
  ['GET', '/console/settings/products/new', productForm.showNewProduct],
  ['POST', '/console/settings/products/new', productForm.createProduct],
  ['GET', '/console/settings/products/:product', productSettings.showProduct],
  ['GET', '/console/settings/products/:product/edit', productForm.showEditProduct],
  ['POST', '/console/settings/products/:product/edit', productForm.editProduct],
  ['GET', '/console/settings/webhooks', webhookSettings.listWebhooks],
  ['GET', '/console/settings/webhooks/new', webhookForm.showNewWebhook],
  ['POST', '/console/settings/webhooks/new', webhookForm.createWebhook],
  ['GET', '/console/settings/webhooks/:id', webhookSettings.showWebhook],
  ['GET', '/console/settings/webhooks/:id/edit', webhookForm.showEditWebhook],
  ['POST', '/console/settings/webhooks/:id/edit', webhookForm.editWebhook],
  ['POST', '/console/settings/webhooks/:id/test', webhookActs.testWebhook],
  ['POST', '/console/settings/webhooks/:id/enable', webhookActs.enableWebhook],
  ['POST', '/console/settings/webhooks/:id/disable', webhookActs.disableWebhook],
  ['POST', '/console/settings/webhooks/:id/rotate', webhookActs.rotateSecret],
  ['POST', '/console/settings/webhooks/:id/revoke-previous', webhookActs.revokePrevious],
  ['POST', '/console/settings/webhooks/:id/replay', webhookActs.replayEvents],
  ['GET', '/console/settings/webhooks/:id/delete', webhookActs.askWhetherToDelete],
  ['POST', '/console/settings/webhooks/:id/delete', webhookActs.deleteWebhook],
  ['GET', '/console/settings/keys', keySettings.listKeys],
  ['GET', '/console/settings/keys/new', keySettings.showNewKey],
  ['POST', '/console/settings/keys/new', keySettings.createKey],
  ['GET', '/console/settings/keys/:id/revoke', keySettings.askWhetherToRevoke],
  ['POST', '/console/settings/keys/:id/revoke', keySettings.revokeKey],
  ['GET', '/console/settings/audit', listAudit],
  ['GET', '/console/settings/retention', retentionSettings.showRetention],
  ['GET', '/console/settings/retention/holds/new', retentionSettings.showNewHold],
  ['POST', '/console/settings/retention/holds/new', retentionSettings.placeHold],
  ['GET', '/console/settings/retention/holds/:id/release', retentionSettings.askWhetherToRelease],
  ['POST', '/console/settings/retention/holds/:id/release', retentionSettings.releaseHold],
  ['GET', '/console/settings/evidence', evidenceSettings.showEvidence],
  ['GET', '/console/settings/evidence/pack', evidenceSettings.downloadPack],

  ['GET', '/console/proposals', showProposals],
  ['POST', '/console/proposals', propose],
  ['GET', '/console/proposals/:id', showProposal],
  ['GET', '/console/proposals/:id/mail', showMailOfProposal],
  ['POST', '/console/proposals/:id/approve', approveProposal],
  ['POST', '/console/proposals/:id/reject', rejectProposal],
  ['POST', '/console/proposals/:id/cancel', cancelProposal],
  ['GET', '/console/kept/:id', keptForm((): readonly ConsoleRoute[] => CONSOLE_PAGES)],
  ['POST', '/console/kept/:id', forgetKeptForm],
  ['GET', '/console/me', showOwn],
  ['POST', '/console/me/sessions/:id/end', endOwn],
  ['GET', '/console/people', listPeople],
  ['GET', '/console/people/new', askWhomToInvite],
  ['POST', '/console/people/new', invitePerson],
  ['GET', '/console/people/:id', personPage.showPerson],
  ['POST', '/console/people/:id/invite', personPage.inviteAgain],
  ['POST', '/console/people/:id/roles', personPage.giveRole],
  ['GET', '/console/people/:id/roles/:roleId/end', personPage.askWhetherToTake],
  ['POST', '/console/people/:id/roles/:roleId/end', personPage.takeRole],
  ['POST', '/console/people/:id/sessions/:sessionId/end', personPage.endSessionOfPerson],
  ['GET', '/console/people/:id/disable', personPage.askWhetherToDisable],
  ['POST', '/console/people/:id/disable', personPage.disablePerson],
  ['GET', '/console/confirm', ownPasskeys.confirm],
  ['POST', '/console/confirm', ownPasskeys.confirm],
  ['GET', '/console/confirm/options', ownPasskeys.confirmOptions],
  ['GET', '/console/passkeys', ownPasskeys.showPasskeys],
  ['GET', '/console/passkeys/new', ownPasskeys.showRegistering],
  ['POST', '/console/passkeys/new', ownPasskeys.register],
  ['GET', '/console/passkeys/new/options', ownPasskeys.registeringOptions],
  ['GET', '/console/passkeys/:id', ownPasskeys.showPasskey],
  ['POST', '/console/passkeys/:id', ownPasskeys.namePasskey],
  ['POST', '/console/passkeys/:id/remove', ownPasskeys.removePasskey],
  ['GET', '/console/*', noSuchPage],
  ['POST', '/console/*', noSuchPage],
] as const satisfies readonly ConsoleRoute[];
