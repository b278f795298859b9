import type { UploadedFile } from "../attachments.ts";
import { contentTypeOf } from "../content-type.ts";

/** A file that a person sends. */
export interface PersonFile {
  readonly name: string;
  readonly data: string | Uint8Array;
  /** Default: by the name. */
  readonly contentType?: string;
}

/** The file as an upload, its text in UTF-8. */
export function uploadOf(file: PersonFile): UploadedFile {
  return {
    name: file.name,
    bytes: typeof file.data === "string" ? new TextEncoder().encode(file.data) : file.data,
    contentType: contentTypeOf(file.name, file.contentType),
  };
}
