import { RESTJSONErrorCodes } from "discord-api-types/v10";
import { ApiError, refusal } from "../api-error.ts";
import { ATTACHMENT_LIMIT_BYTES, type UploadedFile } from "../attachments.ts";

export interface ParsedBody {
  /** Undefined when there is none. */
  readonly body: unknown;
  /** By their number in `files[n]`, to which `attachments[].id` refers. */
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** Reads a request's body: JSON, or a form with `payload_json` and `files[n]`. */
export async function parseBody(request: Request): Promise<ParsedBody> {
  const contentType = request.headers.get("Content-Type") ?? "";
  if (contentType.startsWith("multipart/form-data")) return parseForm(await request.formData());
  const text = await request.text();
  return { body: text === "" ? undefined : parseJson(text), files: new Map() };
}

async function parseForm(form: FormData): Promise<ParsedBody> {
  const files = new Map<string, UploadedFile>();
  let body: unknown = {};
  for (const [field, value] of form) {
    if (typeof value === "string") {
      if (field === "payload_json") body = parseJson(value);
      continue;
    }
    if (value.size > ATTACHMENT_LIMIT_BYTES) throw refusal("fileTooLarge");
    const number = /^files\[(\d+)\]$/.exec(field)?.[1] ?? field;
    files.set(number, {
      name: value.name,
      bytes: new Uint8Array(await value.arrayBuffer()),
      contentType: contentTypeOf(value),
    });
  }
  return { body, files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(
      400,
      RESTJSONErrorCodes.RequestBodyContainsInvalidJSON,
      "The request body contains invalid JSON.",
    );
  }
}

/** Discord tells a file's type by its name when the upload says nothing better. */
function contentTypeOf(file: File): string {
  const said = file.type;
  if (said !== "" && said !== "application/octet-stream") return said;
  const extension = /\.(\w+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  return CONTENT_TYPES[extension] ?? "application/octet-stream";
}

const CONTENT_TYPES: Record<string, string> = {
  txt: "text/plain; charset=utf-8",
  md: "text/markdown; charset=utf-8",
  json: "application/json; charset=utf-8",
  diff: "text/x-diff; charset=utf-8",
  log: "text/plain; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  zip: "application/zip",
};
