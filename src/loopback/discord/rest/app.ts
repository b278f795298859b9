import type { Gateway } from "../gateway/gateway.ts";
import type { World } from "../world.ts";
import { addIdentityRoutes } from "./identity.ts";
import { addMessageRoutes } from "./messages.ts";
import { addReactionRoutes } from "./reactions.ts";
import { createRestRouter, type RestDeps } from "./router.ts";

/** Everything that is served over HTTP: the API, and the bytes of attachments. */
export function createRestApp(world: World, gateway: Gateway, deps: RestDeps) {
  const { app, add } = createRestRouter(world, deps);
  addIdentityRoutes(world, gateway, add);
  addMessageRoutes(world, add);
  addReactionRoutes(world, add);
  return app;
}
