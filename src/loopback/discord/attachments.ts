import { createHash } from "node:crypto";
import type { APIAttachment } from "discord-api-types/v10";
import type { StoredFile, World } from "./world.ts";

/** A file on its way in: from a multipart request or a person. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly description?: string;
}

/** Keeps a file's bytes and gives the attachment that points to them. */
export function storeAttachment(world: World, channelId: string, file: UploadedFile): APIAttachment {
  const id = world.nextId();
  const filename = file.name.replace(/[^\w.-]+/g, "_");
  const path = `${channelId}/${id}/${filename}`;
  world.files.set(path, { bytes: file.bytes, contentType: file.contentType });
  const url = `${world.baseUrl}/attachments/${path}`;
  return {
    id,
    filename,
    size: file.bytes.byteLength,
    ...signedUrls(world, url),
    content_type: file.contentType,
    ...(filename === file.name ? {} : { title: file.name.replace(/\.[^.]*$/, "") }),
    ...(file.description === undefined ? {} : { description: file.description }),
    ...pngSize(file.bytes),
  };
}

/** The attachment as it is given out now: its URLs are signed anew whenever a message is, and expire in a day. */
export function withFreshUrls(world: World, attachment: APIAttachment): APIAttachment {
  return { ...attachment, ...signedUrls(world, attachment.url.replace(/\?.*$/, "")) };
}

/** The file of a URL, unless its signature is wrong or has expired. */
export function fileOf(world: World, path: string, query: URLSearchParams): StoredFile | undefined {
  const expires = query.get("ex") ?? "";
  if (query.get("hm") !== signature(world, path, expires)) return undefined;
  return Number.parseInt(expires, 16) * 1000 > world.now() ? world.files.get(path) : undefined;
}

/** Largest file that Discord takes from a bot or a person without Nitro: 10 MiB. */
export const ATTACHMENT_LIMIT_BYTES = 10 * 1024 * 1024;

const URL_LIFETIME_MS = 24 * 60 * 60_000;

function signedUrls(world: World, url: string): { url: string; proxy_url: string } {
  const path = url.replace(`${world.baseUrl}/attachments/`, "");
  const expires = hexSeconds(world.now() + URL_LIFETIME_MS);
  const query = `ex=${expires}&is=${hexSeconds(world.now())}&hm=${signature(world, path, expires)}&`;
  return { url: `${url}?${query}`, proxy_url: `${url}?${query}` };
}

function signature(world: World, path: string, expires: string): string {
  return createHash("sha256").update(`${world.token} ${path} ${expires}`).digest("hex");
}

function hexSeconds(atMs: number): string {
  return Math.floor(atMs / 1000).toString(16);
}

/** Width and height from a PNG's header, as Discord tells them for pictures. */
function pngSize(bytes: Uint8Array): { width?: number; height?: number } {
  const isPng = bytes.length >= 24 && [0x89, 0x50, 0x4e, 0x47].every((byte, at) => bytes[at] === byte);
  if (!isPng) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
