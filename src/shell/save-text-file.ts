/** Gives a text to the person as a file, under the name that the browser lets them change. */
export function saveTextFile(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/markdown;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has taken hold of the bytes once this task is over.
  setTimeout(() => URL.revokeObjectURL(address));
}
