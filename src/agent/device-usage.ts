/** What lies outside the database, in bytes; null where the browser does not let it be counted. */
export interface DeviceUsage {
  /** The workspaces' files. */
  readonly files: number | null;
  /** The second copy of sessions. */
  readonly mirror: number | null;
  /** The app's own files, kept for use without a network. */
  readonly app: number | null;
}

/** Folders of the private file system, by their owners' names for them. */
const FILES_FOLDER = "workspaces";
const MIRROR_FOLDER = "mirror";

/** Chromium tells more than the standard asks for. */
interface DetailedEstimate extends StorageEstimate {
  readonly usageDetails?: { readonly caches?: number; readonly serviceWorkerRegistrations?: number };
}

/** Counts what lies outside the database. Never throws; costs a look at every file, so it is for a person who asks. */
export async function measureDevice(scope: WorkerGlobalScope): Promise<DeviceUsage> {
  const [files, mirror, app] = await Promise.all([
    folderBytes(scope.navigator.storage, FILES_FOLDER),
    folderBytes(scope.navigator.storage, MIRROR_FOLDER),
    appBytes(scope),
  ]);
  return { files, mirror, app };
}

async function folderBytes(storage: StorageManager, name: string): Promise<number | null> {
  try {
    const root = await storage.getDirectory();
    for await (const [known, handle] of root.entries()) {
      if (known === name && handle.kind === "directory") return await bytesBelow(handle);
    }
    return 0;
  } catch {
    return null; // no private file system here: what it would hold lies in the database or nowhere
  }
}

async function bytesBelow(folder: FileSystemDirectoryHandle): Promise<number> {
  let sum = 0;
  for await (const handle of folder.values()) {
    sum += handle.kind === "directory" ? await bytesBelow(handle) : (await handle.getFile()).size;
  }
  return sum;
}

async function appBytes(scope: WorkerGlobalScope): Promise<number | null> {
  try {
    const { usageDetails }: DetailedEstimate = await scope.navigator.storage.estimate();
    if (usageDetails !== undefined) return (usageDetails.caches ?? 0) + (usageDetails.serviceWorkerRegistrations ?? 0);
    let sum = 0;
    for (const name of await scope.caches.keys()) {
      const cache = await scope.caches.open(name);
      for (const request of await cache.keys()) sum += (await (await cache.match(request))?.blob())?.size ?? 0;
    }
    return sum;
  } catch {
    return null; // no cache here: the app is not kept for use without a network
  }
}
