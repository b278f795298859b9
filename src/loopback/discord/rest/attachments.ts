import type { Hono } from "hono";
import { fileOf } from "../attachments.ts";
import type { World } from "../world.ts";

/** The bytes of attachments, as Discord's CDN serves them: by signed URL, until it expires. */
export function addAttachmentRoutes<E extends object>(world: World, app: Hono<E>): void {
  app.get("/attachments/:channelId/:attachmentId/:filename", (context) => {
    const { channelId, attachmentId, filename } = context.req.param();
    const query = new URL(context.req.url).searchParams;
    const file = fileOf(world, `${channelId}/${attachmentId}/${filename}`, query);
    if (file === undefined) {
      return context.text("This content is no longer available.", 404);
    }
    return new Response(new Uint8Array(file.bytes), {
      headers: { "Content-Type": file.contentType, "Content-Length": String(file.bytes.byteLength) },
    });
  });
}
