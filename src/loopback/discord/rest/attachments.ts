import type { Hono } from "hono";
import type { World } from "../world.ts";

/** The bytes of attachments, as Discord's CDN serves them: by signed URL, until it expires. */
export function addAttachmentRoutes<E extends object>(world: World, app: Hono<E>): void {
  app.get("/attachments/:channelId/:attachmentId/:filename", (context) => {
    const { channelId, attachmentId, filename } = context.req.param();
    const file = world.files.get(`${channelId}/${attachmentId}/${encodeURIComponent(filename)}`);
    const isSigned = context.req.query("hm") === attachmentId;
    if (file === undefined || !isSigned || file.expiresAtMs <= world.now()) {
      return context.text("This content is no longer available.", 404);
    }
    return new Response(new Uint8Array(file.bytes), {
      headers: { "Content-Type": file.contentType, "Content-Length": String(file.bytes.byteLength) },
    });
  });
}
