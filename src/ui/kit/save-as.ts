/** How long the browser may take to begin reading the file. */
const READING_MS = 60_000;

/** Gives the person a file to keep, under this name. */
export function saveAs(fileName: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, READING_MS);
}
