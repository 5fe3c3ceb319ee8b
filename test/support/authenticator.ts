import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/** What a browser and an authenticator can do otherwise than they should. */
export interface Misdeeds {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** The person did not prove anything to the authenticator: it was only touched. */
  readonly isUnverified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
  /** Signs with another key than that of the passkey. */
  readonly isForged?: boolean;
}

interface Options {
  readonly challenge: string;
  readonly rp?: { readonly id?: string };
  readonly rpId?: string;
  readonly user?: { readonly id: string };
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest();

const PRESENT = 0x01;
const VERIFIED = 0x04;
const SYNCABLE_AND_SYNCED = 0x18;
const WITH_CREDENTIAL = 0x40;

/** An authenticator with one passkey, and the browser before it, in plain code: for what no real one would send. */
export class Authenticator {
  readonly #origin: string;
  readonly #id = randomBytes(32);
  readonly #keys: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** What a browser sends that has made a passkey by these options, as JSON. */
  create(options: Options, misdeeds: Misdeeds = {}): string {
    this.#userHandle = options.user?.id ?? '';
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = isoCBOR.encode(
      new Map<number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
        [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
      ]),
    );
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const authData = Buffer.concat([
      dataOf(options, misdeeds, WITH_CREDENTIAL),
      Buffer.alloc(16),
      length,
      this.#id,
      key,
    ]);
    const attestationObject = isoCBOR.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    );
    return this.#sent({
      clientDataJSON: base64url(this.#clientData('webauthn.create', options, misdeeds)),
      attestationObject: base64url(attestationObject),
      transports: ['internal', 'carrier-pigeon'],
    });
  }

  /** What a browser sends that has had this passkey sign, as JSON. */
  get(options: Options, misdeeds: Misdeeds = {}): string {
    const clientData = this.#clientData('webauthn.get', options, misdeeds);
    const authenticatorData = dataOf(options, misdeeds, 0);
    const key = misdeeds.isForged
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : this.#keys.privateKey;
    return this.#sent({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authenticatorData),
      signature: base64url(sign('sha256', Buffer.concat([authenticatorData, sha256(clientData)]), key)),
      userHandle: misdeeds.userHandle ?? this.#userHandle,
    });
  }

  #clientData(type: string, options: Options, { origin = this.#origin, ...misdeeds }: Misdeeds): Buffer {
    const { challenge } = { challenge: options.challenge, ...misdeeds };
    return Buffer.from(JSON.stringify({ type: misdeeds.type ?? type, challenge, origin, crossOrigin: false }));
  }

  #sent(response: object): string {
    const id = base64url(this.#id);
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }
}

/** What the authenticator says of itself and of the person. */
function dataOf({ rp, rpId }: Options, { isUnverified, counter = 0, ...misdeeds }: Misdeeds, flags: number): Buffer {
  const said = Buffer.alloc(5);
  said.writeUInt8(PRESENT | (isUnverified ? 0 : VERIFIED) | SYNCABLE_AND_SYNCED | flags);
  said.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(misdeeds.rpId ?? rp?.id ?? rpId ?? ''), said]);
}
