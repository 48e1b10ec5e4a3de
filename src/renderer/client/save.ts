/** Hands a file to the user, the way a browser does: into the folder for downloads, or where the window asks for. */

/** A name every file system takes. */
function safeName(name: string): string {
  return (
    name
      .replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim()
      .slice(0, 120) || 'unroll'
  );
}

export function saveFile(name: string, extension: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = `${safeName(name)}.${extension}`;
  link.click();
  // The browser reads the content after the click.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
