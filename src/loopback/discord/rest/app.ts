import type { Gateway } from "../gateway/gateway.ts";
import type { World } from "../world.ts";
import { addAttachmentRoutes } from "./attachments.ts";
import { addCallbackRoute } from "./callbacks.ts";
import { addChannelRoutes } from "./channels.ts";
import { addCommandRoutes } from "./commands.ts";
import { addGuildRoutes } from "./guild.ts";
import { addIdentityRoutes } from "./identity.ts";
import { addMessageRoutes } from "./messages.ts";
import { addPinRoutes } from "./pins.ts";
import { addReactionRoutes } from "./reactions.ts";
import { createRestRouter, type RestDeps } from "./router.ts";
import { addThreadRoutes } from "./threads.ts";
import { addWebhookRoutes } from "./webhooks.ts";

/** Everything that is served over HTTP: the API, and the bytes of attachments. */
export function createRestApp(world: World, gateway: Gateway, deps: RestDeps) {
  const { app, add } = createRestRouter(world, deps);
  addAttachmentRoutes(world, app);
  addIdentityRoutes(world, gateway, add);
  addPinRoutes(world, add);
  addMessageRoutes(world, add);
  addReactionRoutes(world, add);
  addThreadRoutes(world, add);
  addChannelRoutes(world, add);
  addGuildRoutes(world, add);
  addCommandRoutes(world, add);
  addCallbackRoute(world, add);
  addWebhookRoutes(world, add);
  return app;
}
