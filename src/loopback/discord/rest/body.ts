import { RESTJSONErrorCodes } from "discord-api-types/v10";
import { ApiError, refusal } from "../api-error.ts";
import { ATTACHMENT_LIMIT_BYTES, type UploadedFile } from "../attachments.ts";
import { contentTypeOf } from "../content-type.ts";

/** What a request carries. */
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
      contentType: contentTypeOf(value.name, value.type),
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
