/** Time in which a browser has surely begun to read the object behind the address. */
const RELEASE_AFTER_MS = 60_000;

/** Hands a text or bytes to the browser's download. */
export function saveAsFile(name: string, content: BlobPart, mediaType: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: mediaType }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, RELEASE_AFTER_MS);
}
