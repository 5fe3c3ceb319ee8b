import type { ProblemCode } from '../http/problems.ts';

/** What each refusal says to a person, and what to do: a code that is missing here does not compile. */
export type ProblemTexts = Readonly<Record<ProblemCode, string>>;

export const danish: ProblemTexts = {
  'invalid-request': 'Noget er ikke udfyldt, som det skal være. Gå tilbage, og se felterne igennem.',
  unauthorized: 'Du er ikke logget ind. Log ind, og prøv igen.',
  forbidden: 'Det har du ikke adgang til. Bed en administrator om den rolle, der skal til.',
  'factors-needed': 'Det kræver, at du for nylig har bekræftet, hvem du er. Bekræft det, og prøv igen.',
  'not-found': 'Det findes ikke, eller du har ikke adgang til det. Adressen kan være skrevet forkert.',
  'method-not-allowed': 'Siden kan ikke bruges på den måde. Gå tilbage, og prøv derfra.',
  'request-timeout': 'Det blev ikke sendt færdigt i tide, så intet er gjort. Prøv igen.',
  'headers-too-large': 'Adressen er for lang. Gå tilbage, og prøv med mindre tekst.',
  'body-too-large': 'Det, du sendte, fylder for meget. Del det op, eller send en mindre fil.',
  'unsupported-media-type':
    'Filen er ikke af en art, der kan læses her. Brug .xlsx, eller gem den som »CSV UTF-8 (semikolonsepareret)«.',
  'too-many-requests': 'Der er kommet meget på kort tid, så intet er gjort. Prøv igen om et minut.',
  'lines-rejected': 'Ingen rækker i filen kan gemmes. Ret dem, og prøv igen.',
  'import-outdated': 'Filen ville ikke længere gøre det, du så. Prøv den af igen, og se det igennem.',
  'idempotency-key-reused': 'Formularen er sendt før, med noget andet i. Genindlæs siden, og se, hvad der gælder.',
  'request-in-progress': 'Det er ved at ske. Genindlæs siden om et øjeblik.',
  'precondition-failed': 'En anden har ændret det imens. Genindlæs siden, se, hvad der står nu, og beslut igen.',
  'internal-error': 'Noget gik galt hos os, og det er noteret. Intet er gjort halvt. Prøv igen om lidt.',
  'not-ready': 'Varsel kan ikke svare lige nu. Intet er gjort. Prøv igen om lidt.',
  overloaded: 'Varsel kan ikke svare lige nu. Intet er gjort. Prøv igen om lidt.',

  'planned-date-too-early': 'Den planlagte dag er for tidlig. Vælg en senere dag i trinnet »Hvornår«.',
  'planned-date-too-far':
    'Den planlagte dag ligger mere end to år ude i fremtiden. Bekræft, at den er rigtig, eller vælg en anden.',
  'upstream-days-out-of-order':
    'Dagene i underdatabehandlerens eget varsel passer ikke sammen. Det er modtaget senest i dag, der kan gøres indsigelse derefter, og det gælder til sidst.',
  'preview-outdated': 'Det, der ville blive sendt, er ikke længere det, du så. Se det igennem igen, før du varsler.',
  'test-address-not-allowed':
    'Prøver må ikke sendes til det domæne. Den, der driver Varsel, kan tillade det med TEST_MAIL_DOMAINS.',
  'test-notice-limit': 'Der er sendt 30 prøver for produktet inden for den sidste time. Vent lidt.',
  'transfer-basis-missing': 'Et sted uden for EØS har intet overførselsgrundlag. Vælg et i trinnet »Steder«.',
  'transfer-basis-invalid':
    'Et overførselsgrundlag kan ikke bruges for det land. Vælg et andet i trinnet »Steder«, eller intet inden for EØS.',
  'entry-unknown': 'Virksomheden står ikke i registret i dag. Vælg en, der gør.',
  'parent-unknown': 'Den virksomhed, den skal være underdatabehandler for, står ikke i registret i dag. Vælg en anden.',
  'place-unknown': 'Virksomheden har ikke det sted i registret. Et nyt sted er en ændring af dens oplysninger.',
  'children-unsettled':
    'Det er ikke sagt, hvad der sker med virksomhedens egne underdatabehandlere. Vælg det for hver af dem.',
  'parent-leaving':
    'Virksomheden udgår, eller en anden kommer under den ved en ændring, der er varslet. Vælg en, der bliver, eller afslut den anden ændring først.',
  'chain-loop': 'Virksomheden ville blive sin egen underdatabehandler. Vælg en, der ikke er under den.',
  'another-company':
    'Det ville blive en anden virksomhed. Er det en anden, så varsl en udskiftning. Er det den samme, så ret navn og nummer hver for sig.',
  'contact-person-missing':
    'Virksomheden har en kontaktperson i registret og kan ikke blive uden. Skriv, hvem det er nu.',
  'change-without-effect': 'Det er sådan i registret allerede. Vælg noget, der ændres.',
  'entry-differs':
    'Virksomheden er forskellig fra kunde til kunde efter en tidligere ændring, så det kan ikke ændres for alle på én gang.',
  'wording-unchanged': 'Teksten er den samme som i registret, så dens ordlyd ændres ikke. Fjern krydset.',
  'nothing-to-approve': 'Intet i ændringen kræver godkendelse, så den gælder for alle. Fjern krydset.',
  'superseded-change-unknown': 'En ændring kan kun varsles i stedet for en, der er trukket tilbage. Vælg en anden.',
  'controllers-without-contact':
    'Alle kunder skal have besked, og mindst én har ingen kontaktperson. Giv den en under »Kunder«.',
  'product-unknown': 'Produktet findes ikke. Vælg blandt produkterne.',
  'already-in-register': 'Virksomheden står allerede i registret. Nye oplysninger om den er en ændring af den.',
  'change-already-announced':
    'En ændring, der er varslet, handler om det samme. Træk den tilbage, eller vent, til den er afsluttet.',

  'last-contact':
    'Kunden har en løbende aftale, og det er den sidste kontakt. Tilføj en anden først, eller afslut aftalen.',
  'hold-already-released': 'Undtagelsen er allerede ophævet. Skal noget undtages fra sletning igen, så opret en ny.',
  erased: 'Det, der stod om en person, er slettet, og kan ikke bruges mere. Hvad der skete, står stadig.',
  'controller-kept':
    'Kunden kan ikke tømmes endnu: den har kontakter, en aftale eller sager, der skal opbevares. Fjern kontakterne, og afslut aftalerne først.',
  'terms-out-of-range': 'En frist skal være fra 7 til 365 dage, og timer fra 0 til 720. Ret tallet.',
  'terms-below-contract':
    'Vilkårene er ringere end det, kontrakten lover. Ret dem, eller ret kontraktens mindste frist, hvis kontrakten er ændret.',
  'terms-reason-required': 'Vilkår ændres kun med en begrundelse, som bliver stående. Skriv, hvorfor de ændres.',

  'second-person-needed': 'Det skal to personer om: den ene foreslår det, og en anden godkender det.',
  'proposal-decided': 'Forslaget er allerede afgjort. Siden viser, hvad der blev besluttet.',
  'proposal-expired': 'Forslaget er bortfaldet, fordi der gik en uge. Foreslå det igen, hvis det stadig skal ske.',
  'proposal-outdated': 'Det, der ville ske, er ikke længere det, der blev foreslået. Foreslå det igen.',
  'wording-not-waiting': 'Der er ingen ordlyd at bekræfte, eller en anden har allerede bekræftet den.',
  'register-exists': 'Registret er allerede indlæst. Det ændres kun ved, at en ændring gennemføres.',
  'last-admin-key': 'Det er den sidste nøgle, der kan administrere nøgler. Opret en anden først.',
  'last-administrator':
    'Det er den sidste administrator. Giv først en anden rollen administrator for alle produkter, og lad den person logge ind.',
  'person-exists':
    'Adressen bruges af en, der allerede kan logge ind. Find personen på listen, og giv den en rolle dér.',
  'person-disabled': 'Personen er spærret, og forbliver det. Inviter adressen på ny.',
  'role-given': 'Personen har rollen allerede. Vælg en anden rolle eller andre produkter.',
  'role-from-provider':
    'Rollen kommer fra virksomhedens login og ville blive givet igen. Tag personen ud af gruppen dér, eller spær personen.',
  'last-passkey':
    'Det er den eneste adgangsnøgle. Registrér en anden først, ellers kan ingen logge ind med det, der er.',

  'activation-blocked': 'Noget står i vejen for at gennemføre ændringen. Ændringens side viser hvad.',
  'change-not-activated': 'Ændringen er ikke gennemført for nogen endnu. Træk den tilbage i stedet.',
  'change-partly-activated':
    'Ændringen er gennemført for nogle kunder, så den kan ikke trækkes tilbage. Den kan afsluttes.',
  'change-ended': 'Ændringen er allerede slut: den er gennemført eller trukket tilbage, og det er endeligt.',
  'approval-not-asked': 'Ændringen beder ikke om godkendelse, så der er intet at godkende eller sige nej til.',
  'already-in-force': 'Ændringen er i kraft for denne kunde. Den kan kun laves om med en ny ændring.',
  'approval-of-another-version': 'Der blev godkendt noget andet end det, der er varslet. Bed om en ny godkendelse.',
  'approval-stands': 'Kunden har godkendt allerede.',
  'refusal-stands': 'Kunden har sagt nej. Det må trækkes tilbage skriftligt, før en godkendelse kan registreres.',
  'may-not-approve': 'Kontakten må ikke godkende på kundens vegne. Ret det hos kunden, hvis det er forkert.',
  'authority-required': 'Skriv, hvorfor afsenderen må godkende for kunden.',
  'approval-already-confirmed': 'En anden har bekræftet den i mellemtiden.',
  'approval-already-ended': 'Den er ophørt i mellemtiden, og det er endeligt.',
  'reasons-required': 'Den har ingen begrundelse, så den tæller ikke som indsigelse (punkt B.2). Forsøget er noteret.',
  'window-closed':
    'Den kom efter fristen, så den tæller ikke. Den er noteret, og kan antages, til ændringen er gennemført.',
  'no-objection-window': 'Ændringen giver ingen frist til indsigelse, så der kan ikke gøres indsigelse mod den.',
  'agreement-ended': 'Kundens aftale er ophørt, så det tæller ikke for ændringen.',
  'notice-never-accepted':
    'Den e-mail er aldrig modtaget af en mailserver, så den kan ikke være kommet frem. Registrér et brev, eller send igen.',
  'mail-not-kept': 'Der er ingen e-mail at vise: den er ikke sendt endnu, eller den blev sendt, før e-mails blev gemt.',
  'mail-erased': 'Noget om en person i e-mailen er slettet, så den kan ikke vises, som den var.',
  'mail-not-the-same':
    'E-mailen kan ikke dannes, som den blev sendt. Bed den, der driver Varsel, om at se, om APP_SECRET er skiftet.',
  'scan-not-readable': 'Filen er ikke en PDF, en JPEG, en PNG eller en e-mail. Vælg en anden.',
  'scan-erased': 'Filen er slettet. Dens kontrolsum, og hvem der lagde den ved, er stadig optegnet.',
  'received-at-out-of-range': 'Det kan ikke være modtaget da: det kommer efter varslet og ikke i fremtiden.',
  'arrival-date-out-of-range': 'Brevet kan ikke være kommet frem før varslet eller efter i dag.',
  'objection-already-resolved':
    'Indsigelsen er allerede afgjort, og det er endeligt. Siden viser, af hvem og som hvad.',
  'objection-not-pending': 'Forsøget blev afvist, så der er intet at afgøre.',
  'objection-not-late': 'Den blev ikke afvist, fordi den kom for sent, så den kan ikke antages.',
  'explanation-required': 'Giv en forklaring, eller vælg e-mailen, der viser det.',
  'mail-unknown': 'E-mailen er ikke fra denne kunde om denne ændring. Vælg en anden.',
  'code-wrong': 'Koden er forkert eller kan ikke bruges mere. Bed om en ny.',
  'code-limit': 'Der er sendt fem koder inden for en time. Brug den seneste, eller vent.',
  'nomination-limit': 'Der er udpeget fem personer. Bekræft eller afvis en af dem først.',
  'nomination-already-decided': 'En anden har bekræftet eller afvist det i mellemtiden.',
  'withdrawal-already-requested': 'Der er allerede bedt om at trække indsigelsen tilbage. Vent, til det gælder.',
  'no-withdrawal-waiting': 'Ingen tilbagetrækning venter, så der er intet at stoppe.',
  'agreement-running': 'Kundens aftale om produktet løber endnu. Afslut den først.',
  'answer-already-classified':
    'En anden har vurderet svaret i mellemtiden. Er du uenig, så vurder det om, med en forklaring.',
  'mail-being-read': 'E-mailen bliver læst af et program lige nu. Prøv igen om lidt.',
  'mail-already-attributed': 'E-mailen er placeret i mellemtiden. Siden viser, hvor.',
  'mail-already-dismissed': 'En anden har lagt e-mailen til side i mellemtiden. Den kan stadig placeres.',
  'mail-not-automatic': 'E-mailen er ikke længere et automatisk svar. Siden viser, hvad den er.',
  'notice-unknown': 'Der er ingen sådan underretning. Vælg en, der er sendt.',
  'change-unknown': 'Der er ingen sådan ændring. Vælg en, der er varslet.',
  'controller-unknown': 'Der er ingen kunde med det nummer.',
  'controller-not-in-change': 'Den kunde er ikke underrettet om den ændring.',
  'notice-in-flight': 'Underretningen bliver sendt lige nu. Prøv igen om nogle minutter.',

  'webhook-url-invalid': 'Adressen kan ikke bruges. Skriv en https-adresse uden brugernavn og adgangskode i.',
  'webhook-target-unresolvable': 'Adressens navn findes ikke på internettet. Se efter, om det er skrevet rigtigt.',
  'webhook-target-forbidden': 'Adressen fører til et internt net, og dertil sendes intet. Brug en, der kan nås udefra.',
  'webhook-disabled': 'Webhooken er slået fra. Slå den til først.',
  'events-unknown': 'En eller flere af hændelserne findes ikke. Intet er lagt i kø.',
  'replay-from-the-future': 'Det kan ikke begynde i fremtiden. Vælg en dag, der er gået, eller i dag.',
};
