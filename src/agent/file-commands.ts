import type { SessionId } from "#domain/ids.ts";
import { putBlob } from "#storage/blob-store.ts";

import type { Answers, FileCommandName } from "./answers.ts";
import type { Audience, Environment } from "./environment.ts";
import { freePath } from "./free-path.ts";
import { requireRoom } from "./room.ts";

/** What answers the commands about files and the space that they take; loaded with the first of them. */
export function fileCommands(env: Environment, audience: Audience): Answers<FileCommandName> {
  function written(sessionId: SessionId): void {
    audience.toWatchers(sessionId, { type: "files-changed", sessionId });
    env.peers.tell({ kind: "files-written", sessionId });
  }

  const report = () => import("./storage-report.ts");

  return {
    "list-files": async ({ sessionId }) => (await env.openWorkspace(sessionId)).list(),
    "read-file": async ({ sessionId, path }) => ({ bytes: await (await env.openWorkspace(sessionId)).read(path) }),
    /** The bytes are kept twice on purpose: the message keeps what was sent, whatever becomes of the file. */
    "add-file": async ({ sessionId, name, mediaType, bytes }) => {
      await requireRoom(env, bytes.byteLength * 2);
      const workspace = await env.openWorkspace(sessionId);
      const taken = new Set((await workspace.list()).map((file) => file.path));
      const path = freePath(name, taken);
      const blobId = await putBlob(env.db, bytes, env.clock.now());
      await workspace.write(path, bytes);
      written(sessionId);
      return { blobId, name, mediaType, size: bytes.byteLength, path };
    },
    "remove-session-files": async ({ sessionId }) => {
      await (await report()).removeSessionFiles(env, sessionId);
      written(sessionId);
      return null;
    },
    "measure-storage": async () => (await report()).reportStorage(env),
    "empty-trash": async () => ({ sessions: await (await report()).emptyTrash(env) }),
    "remove-file": async ({ sessionId, path }) => {
      await (await env.openWorkspace(sessionId)).remove(path);
      written(sessionId);
      return null;
    },
  };
}
