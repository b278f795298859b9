import type { APIAttachment } from "discord-api-types/v10";
import type { World } from "./world.ts";

/** A file on its way in: from a multipart request or a person. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly description?: string;
}

/** Keeps a file's bytes and gives the attachment that points to them; the URL is signed and expires in a day. */
export function storeAttachment(world: World, channelId: string, file: UploadedFile): APIAttachment {
  const id = world.nextId();
  const filename = file.name.replace(/[^\w.-]+/g, "_");
  const expiresAtMs = world.now() + URL_LIFETIME_MS;
  const path = `${channelId}/${id}/${encodeURIComponent(filename)}`;
  world.files.set(path, { bytes: file.bytes, contentType: file.contentType, expiresAtMs });
  const signature = `ex=${hexSeconds(expiresAtMs)}&is=${hexSeconds(world.now())}&hm=${id}`;
  const url = `${world.baseUrl}/attachments/${path}?${signature}&`;
  return {
    id,
    filename,
    size: file.bytes.byteLength,
    url,
    proxy_url: url,
    content_type: file.contentType,
    ...(filename === file.name ? {} : { title: file.name.replace(/\.[^.]*$/, "") }),
    ...(file.description === undefined ? {} : { description: file.description }),
    ...pngSize(file.bytes),
  };
}

/** Largest file that Discord takes from a bot or a person without Nitro: 10 MiB. */
export const ATTACHMENT_LIMIT_BYTES = 10 * 1024 * 1024;

const URL_LIFETIME_MS = 24 * 60 * 60_000;

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
