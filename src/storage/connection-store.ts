import type { ConnectionId } from "#domain/ids.ts";
import type { Connection } from "#domain/model.ts";

import { connectionCodec } from "./codec.ts";
import type { Database } from "./database.ts";
import type { Secret } from "./schema.ts";
import { StorageError } from "./storage-error.ts";

/** Do not change without a migration: stored keys are encrypted under the key of this name. */
const VAULT_KEY = "connection-keys";
const IV_BYTES = 12;
const HINT_LENGTH = 4;
/** Below this length four characters would give away too much of the key. */
const HINT_FROM_LENGTH = 12;

/**
 * Saves a connection. `key`: a text replaces the stored key, null removes it, undefined keeps it. A key is bound to the
 * origin of the base URL it was given for: with another origin it is dropped, unless a new one comes along.
 * Throws RangeError for an address without an origin; StorageError unavailable where the page may not encrypt.
 */
export async function saveConnection(
  db: Database,
  fields: Omit<Connection, "keyHint">,
  key: string | null | undefined,
): Promise<Connection> {
  const origin = originOf(fields.baseUrl);
  const secret = key == null || key === "" ? null : await seal(db, fields.id, key, origin);
  const { id, preset, label, baseUrl, model, updatedAt } = fields;
  return db.write(["connections", "secrets"], "strict", async (writing) => {
    const record = await writing.get("connections", id);
    const stored = record === undefined ? null : connectionCodec.decode(record);
    const before = stored?.ok === true ? stored.value : null;
    const keeps = key === undefined && before !== null && isSameOrigin(before.baseUrl, origin);
    if (secret !== null) writing.put("secrets", secret);
    else if (!keeps) writing.remove("secrets", id);
    const keyHint = secret === null ? (keeps ? before.keyHint : null) : hintOf(key ?? "");
    const connection: Connection = { id, preset, label, baseUrl, model, keyHint, updatedAt };
    writing.put("connections", connectionCodec.encode(connection));
    return connection;
  });
}

/** All connections, without their keys. */
export function listConnections(db: Database): Promise<Connection[]> {
  return db.read(["connections"], async (tx) => {
    const records = await tx.objectStore("connections").getAll();
    return records
      .map((record) => connectionCodec.decode(record))
      .flatMap((connection) => (connection.ok ? [connection.value] : []));
  });
}

/**
 * A connection with its key, for the one request that needs it; null if there is no such connection. `apiKey` is null
 * where there is none, or where it belongs to another origin than the record names.
 */
export async function readConnectionWithKey(
  db: Database,
  id: ConnectionId,
): Promise<{ readonly connection: Connection; readonly apiKey: string | null } | null> {
  const found = await db.read(["connections", "secrets", "vault"], async (tx) => {
    const record = await tx.objectStore("connections").get(id);
    if (record === undefined) return null;
    const [secret, vault] = await Promise.all([
      tx.objectStore("secrets").get(id),
      tx.objectStore("vault").get(VAULT_KEY),
    ]);
    return { connection: connectionCodec.read(record), secret, vaultKey: vault?.key };
  });
  if (found === null) return null;
  const { connection, secret, vaultKey } = found;
  if (secret === undefined || vaultKey === undefined) return { connection, apiKey: null };
  return { connection, apiKey: await open(secret, vaultKey, connection.baseUrl) };
}

export function removeConnection(db: Database, id: ConnectionId): Promise<void> {
  return db.write(["connections", "secrets"], "strict", async (writing) => {
    writing.remove("connections", id);
    writing.remove("secrets", id);
  });
}

async function seal(db: Database, connectionId: ConnectionId, key: string, origin: string): Promise<Secret> {
  const vaultKey = await claimVaultKey(db);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = new TextEncoder().encode(key);
  const ciphertext = await crypto.subtle.encrypt(algorithm(iv, connectionId, origin), vaultKey, plain);
  return { connectionId, iv, ciphertext: new Uint8Array(ciphertext) };
}

/** Null for a key that does not open: the record was moved to another origin, or the vault's key is another one. */
async function open(secret: Secret, vaultKey: CryptoKey, baseUrl: string): Promise<string | null> {
  try {
    const settings = algorithm(secret.iv, secret.connectionId, originOf(baseUrl));
    return new TextDecoder().decode(await crypto.subtle.decrypt(settings, vaultKey, secret.ciphertext));
  } catch {
    // Deliberately without its reason: nothing about a key goes into a log.
    return null;
  }
}

/** The origin and the id are sealed in as additional data: a secret opens nowhere else. */
function algorithm(iv: Uint8Array<ArrayBuffer>, connectionId: ConnectionId, origin: string): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${connectionId}\n${origin}`) };
}

/** The key that encrypts the others: made once, not extractable, so that no script can carry it away. */
async function claimVaultKey(db: Database): Promise<CryptoKey> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) throw new StorageError({ kind: "unavailable", detail: "keys need https or localhost" });
  const known = await db.read(["vault"], async (tx) => (await tx.objectStore("vault").get(VAULT_KEY))?.key);
  if (known !== undefined) return known;
  const offered = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return db.write(["vault"], "strict", async (writing) => {
    // Another tab may have been faster: then its key counts.
    const stored = await writing.get("vault", VAULT_KEY);
    if (stored !== undefined) return stored.key;
    writing.put("vault", { name: VAULT_KEY, key: offered });
    return offered;
  });
}

function hintOf(key: string): string {
  return key.length < HINT_FROM_LENGTH ? "…" : key.slice(-HINT_LENGTH);
}

function isSameOrigin(baseUrl: string, origin: string): boolean {
  return URL.canParse(baseUrl) && new URL(baseUrl).origin === origin;
}

function originOf(baseUrl: string): string {
  const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : "null";
  if (origin === "null") throw new RangeError("The address needs to begin with http:// or https://");
  return origin;
}
