import type { NotLetIn } from '../../commands/sign-in-through-provider.ts';
import { proofOf, type ProviderTerms, type UnprovenClaim } from '../../domain/provider-claims.ts';
import type { Language } from '../../domain/text.ts';
import type { ProviderFaultKind } from './openid-faults.ts';

/** Why a sign-in through the provider ended otherwise than signed in. */
export type OpenIdOutcome = ProviderFaultKind | UnprovenClaim | NotLetIn | 'not-asked' | 'no-sign-out' | 'confirmed';

/** A page in words. */
interface OutcomeWords {
  readonly heading: string;
  readonly body: readonly string[];
  /** What the administrator has to set. */
  readonly administrator?: readonly string[];
}

export interface OpenIdTexts {
  readonly signIn: string;
  readonly again: string;
  readonly goOn: string;
  readonly found: string;
  readonly administrator: string;
  readonly alsoOut: string;
  readonly thenGoOn: string;
  readonly haveConfirmed: string;
  readonly outcome: (terms: ProviderTerms) => Readonly<Record<OpenIdOutcome, OutcomeWords>>;
}

/** What two factors are proved by, as it has to stand in the token: `acr = gold`. */
function expected({ acr, acrs, ...rest }: ProviderTerms, or: string): string {
  const values: Readonly<Record<string, readonly string[]>> = { acr, acrs, amr: ['mfa'] };
  return proofOf({ acr, acrs, ...rest })
    .map((name) => `${name} = ${(values[name] ?? []).join(` ${or} `)}`)
    .join(` ${or} `);
}

const da: OpenIdTexts = {
  signIn: 'Log ind med virksomhedens login',
  again: 'Prøv igen',
  goOn: 'Til konsollen',
  found: 'Login-tjenesten sagde',
  administrator: 'Til administratoren',
  alsoOut: 'Log også ud af virksomhedens login',
  thenGoOn: 'Det åbner i en ny fane. Kom tilbage hertil bagefter, og gå videre.',
  haveConfirmed: 'Jeg har bekræftet det: gå videre',
  outcome: (terms) => ({
    'not-asked': {
      heading: 'Log ind igen',
      body: [
        'Svaret fra login-tjenesten hører ikke til et login, der er begyndt i denne browser inden for ti minutter.',
      ],
    },
    unavailable: {
      heading: 'Login-tjenesten svarer ikke',
      body: ['Virksomhedens login-tjeneste kan ikke nås lige nu. Prøv igen om lidt. Alt andet i Varsel virker.'],
    },
    refused: {
      heading: 'Du blev ikke logget ind',
      body: ['Login-tjenesten sagde nej.'],
      administrator: [
        'Ved invalid_client passer OIDC_CLIENT_ID eller hemmeligheden ikke til det, login-tjenesten kender.',
      ],
    },
    untrusted: {
      heading: 'Svaret kan ikke godtages',
      body: ['Login-tjenestens svar kunne ikke bekræftes, så du er ikke logget ind. Hvorfor, står i Varsels log.'],
    },
    'two-factors': {
      heading: 'To faktorer er ikke bevist',
      body: [
        'Login-tjenesten kender dig, men siger ikke, at du har brugt to faktorer. Det skal den, før du kommer ind.',
      ],
      administrator: [
        `Varsel venter i ID-tokenet: ${expected(terms, 'eller')}.`,
        'Lad login-tjenesten kræve to faktorer af Varsel og sige det, eller sæt OIDC_ACR (acr) eller OIDC_ACRS (Entra ID) til det, den siger.',
      ],
    },
    'authentication-time': {
      heading: 'Tidspunktet for dit login mangler',
      body: ['Login-tjenesten siger ikke, hvornår du beviste, hvem du er.'],
      administrator: ['Lad ID-tokenet have auth_time (i Entra ID et valgfrit krav).'],
    },
    'fresh-factors': {
      heading: 'Dit login er for gammelt',
      body: ['Login-tjenesten bad dig ikke om at bevise igen, hvem du er.'],
      administrator: ['Lad login-tjenesten følge max_age og prompt=login (i Entra ID login-hyppigheden »hver gang«).'],
    },
    email: {
      heading: 'Din mailadresse mangler',
      body: ['Login-tjenesten siger ikke, hvilken mailadresse du har.'],
      administrator: ['Lad ID-tokenet have email, med en gyldig adresse.'],
    },
    roles: {
      heading: 'Dine grupper mangler',
      body: ['Login-tjenesten har udeladt dine grupper, fordi der er for mange af dem.'],
      administrator: ['Brug roller i stedet for grupper: i Entra ID app-roller, med OIDC_ROLES_CLAIM=roles.'],
    },
    'answer-used': { heading: 'Log ind igen', body: ['Svaret fra login-tjenesten er brugt én gang allerede.'] },
    disabled: { heading: 'Din adgang er lukket', body: ['Bed en administrator i Varsel om at åbne den igen.'] },
    'address-taken': {
      heading: 'Mailadressen er en andens',
      body: ['En anden hos login-tjenesten er logget ind i Varsel med din mailadresse.'],
      administrator: [
        'Er det samme person med en ny konto, så luk den gamle persons adgang, og invitér personen igen.',
      ],
    },
    'address-unverified': {
      heading: 'Vi kan ikke se, at adressen er din',
      body: ['Der er en person i Varsel med din mailadresse, og login-tjenesten indestår ikke for, at den er din.'],
      administrator: ['Lad ID-tokenet have email_verified = true (i Entra ID det valgfrie krav xms_edov).'],
    },
    'no-role': {
      heading: 'Du har ingen rolle i Varsel',
      body: ['Login-tjenesten kender dig, men du har ikke fået en rolle.'],
      administrator: [
        'Sæt personen i en gruppe, som OIDC_ROLES giver en rolle, eller invitér personen i Varsel.',
        `Grupperne læses af ${terms.rolesClaim ?? 'OIDC_ROLES_CLAIM, som ikke er sat'}.`,
      ],
    },
    'another-person': {
      heading: 'Det var en anden',
      body: ['Den, der loggede ind hos login-tjenesten, er ikke den, der er logget ind her. Intet er gjort.'],
    },
    'no-sign-out': {
      heading: 'Du er logget ud af Varsel',
      body: ['Login-tjenesten har ingen side til at logge ud. Luk browseren, hvis andre bruger den.'],
    },
    confirmed: {
      heading: 'Det er bekræftet',
      body: ['Luk denne fane, og gå videre i den, du kom fra. Bekræftelsen gælder i 15 minutter.'],
    },
  }),
};

const en: OpenIdTexts = {
  signIn: 'Sign in with the company’s login',
  again: 'Try again',
  goOn: 'To the console',
  found: 'The sign-in service said',
  administrator: 'For the administrator',
  alsoOut: 'Sign out of the company’s login, too',
  thenGoOn: 'It opens in a new tab. Come back here afterwards, and go on.',
  haveConfirmed: 'I have confirmed it: go on',
  outcome: (terms) => ({
    'not-asked': {
      heading: 'Sign in again',
      body: ['The answer of the sign-in service belongs to no sign-in that this browser began within ten minutes.'],
    },
    unavailable: {
      heading: 'The sign-in service does not answer',
      body: [
        'The company’s sign-in service cannot be reached right now. Try again in a moment. All else in Varsel works.',
      ],
    },
    refused: {
      heading: 'You were not signed in',
      body: ['The sign-in service said no.'],
      administrator: ['With invalid_client, OIDC_CLIENT_ID or the secret is not what the sign-in service knows.'],
    },
    untrusted: {
      heading: 'The answer cannot be accepted',
      body: [
        'The answer of the sign-in service could not be verified, so you are not signed in. Varsel’s log says why.',
      ],
    },
    'two-factors': {
      heading: 'Two factors are not proved',
      body: [
        'The sign-in service knows you, but does not say that you used two factors. It has to, before you get in.',
      ],
      administrator: [
        `Varsel expects in the ID token: ${expected(terms, 'or')}.`,
        'Have the sign-in service require two factors for Varsel and say so, or set OIDC_ACR (acr) or OIDC_ACRS (Entra ID) to what it says.',
      ],
    },
    'authentication-time': {
      heading: 'The time of your sign-in is missing',
      body: ['The sign-in service does not say when you proved who you are.'],
      administrator: ['Have auth_time in the ID token (an optional claim of Entra ID).'],
    },
    'fresh-factors': {
      heading: 'Your sign-in is too old',
      body: ['The sign-in service did not ask you to prove anew who you are.'],
      administrator: [
        'Have the sign-in service follow max_age and prompt=login (in Entra ID the sign-in frequency “every time”).',
      ],
    },
    email: {
      heading: 'Your mail address is missing',
      body: ['The sign-in service does not say which mail address you have.'],
      administrator: ['Have email in the ID token, with a valid address.'],
    },
    roles: {
      heading: 'Your groups are missing',
      body: ['The sign-in service left your groups out, because there are too many of them.'],
      administrator: ['Use roles instead of groups: in Entra ID app roles, with OIDC_ROLES_CLAIM=roles.'],
    },
    'answer-used': {
      heading: 'Sign in again',
      body: ['The answer of the sign-in service has been used once already.'],
    },
    disabled: { heading: 'Your access is closed', body: ['Ask an administrator of Varsel to open it again.'] },
    'address-taken': {
      heading: 'The mail address is somebody else’s',
      body: ['Somebody else at the sign-in service is in Varsel with your mail address.'],
      administrator: [
        'If it is the same person with a new account, close the access of the old person and invite the person again.',
      ],
    },
    'address-unverified': {
      heading: 'We cannot see that the address is yours',
      body: [
        'There is a person in Varsel with your mail address, and the sign-in service does not vouch that it is yours.',
      ],
      administrator: ['Have email_verified = true in the ID token (in Entra ID the optional claim xms_edov).'],
    },
    'no-role': {
      heading: 'You have no role in Varsel',
      body: ['The sign-in service knows you, but you have been given no role.'],
      administrator: [
        'Put the person into a group that OIDC_ROLES gives a role to, or invite the person in Varsel.',
        `Groups are read from ${terms.rolesClaim ?? 'OIDC_ROLES_CLAIM, which is not set'}.`,
      ],
    },
    'another-person': {
      heading: 'That was somebody else',
      body: ['Who signed in at the sign-in service is not who is signed in here. Nothing was done.'],
    },
    'no-sign-out': {
      heading: 'You are signed out of Varsel',
      body: ['The sign-in service has no page to sign out at. Close the browser if others use it.'],
    },
    confirmed: {
      heading: 'That is confirmed',
      body: ['Close this tab, and go on in the one that you came from. It counts for 15 minutes.'],
    },
  }),
};

const TEXTS: Readonly<Record<Language, OpenIdTexts>> = { da, en };

/** The words of signing in through an identity provider, in a language. */
export const openIdTextsIn = (language: Language): OpenIdTexts => TEXTS[language];
