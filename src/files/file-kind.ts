/** A kind of file that Claude can look at as it is. */
export interface FileKind {
  readonly type: "image" | "document";
  readonly mediaType: string;
}

/** What a file is by its first bytes, whatever it is called; undefined for what is given to Claude as a path. */
export function fileKind(start: Uint8Array): FileKind | undefined {
  const text = Buffer.from(start.subarray(0, 16)).toString("latin1");
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return { type: "image", mediaType: "image/png" };
  if (text.startsWith("\xff\xd8\xff")) return { type: "image", mediaType: "image/jpeg" };
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a"))
    return { type: "image", mediaType: "image/gif" };
  if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP")
    return { type: "image", mediaType: "image/webp" };
  if (text.startsWith("%PDF-")) return { type: "document", mediaType: "application/pdf" };
  return undefined;
}
