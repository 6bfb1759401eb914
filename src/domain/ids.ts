/** Branded ids. This is the only file where a plain string becomes one; everything else passes them on. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type SessionId = Branded<"SessionId">;
export type TurnId = Branded<"TurnId">;
export type MessageId = Branded<"MessageId">;
export type PartId = Branded<"PartId">;
export type RunId = Branded<"RunId">;
export type CallId = Branded<"CallId">;
export type ApprovalId = Branded<"ApprovalId">;
export type QueueItemId = Branded<"QueueItemId">;
export type DraftId = Branded<"DraftId">;
export type ConnectionId = Branded<"ConnectionId">;
export type BlobId = Branded<"BlobId">;

export type AnyId =
  | SessionId
  | TurnId
  | MessageId
  | PartId
  | RunId
  | CallId
  | ApprovalId
  | QueueItemId
  | DraftId
  | ConnectionId
  | BlobId;

/** A source of unique strings. Handed in, because the domain has no randomness of its own. */
export type UniqueSource = () => string;

const ID_SHAPE = /^[A-Za-z0-9._:-]{1,128}$/;

/** Whether a string from outside (a URL, a file, a tab) has the shape of an id. Says nothing about its existence. */
export function isIdShaped(text: string): boolean {
  return ID_SHAPE.test(text);
}

/** Mints a new id: once, where the thing begins. Every copy carries it from then on. */
export function mintId<Id extends AnyId>(unique: UniqueSource): Id {
  return unique() as Id;
}

/** Reads back an id that was minted earlier. Throws RangeError on a string that cannot be one. */
export function readId<Id extends AnyId>(text: string): Id {
  if (!isIdShaped(text)) throw new RangeError(`Not an id: ${JSON.stringify(text.slice(0, 40))}`);
  return text as Id;
}
