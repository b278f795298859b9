import type { UploadedFile } from "../attachments.ts";

/** A file that a person sends. */
export interface PersonFile {
  readonly name: string;
  readonly data: string | Uint8Array;
  /** Default: `text/plain; charset=utf-8`. */
  readonly contentType?: string;
}

export function uploadOf(file: PersonFile): UploadedFile {
  return {
    name: file.name,
    bytes: typeof file.data === "string" ? new TextEncoder().encode(file.data) : file.data,
    contentType: file.contentType ?? "text/plain; charset=utf-8",
  };
}
