import { TURN_BUTTONS } from "../channel/turn-buttons.ts";
import type { InteractionHandlers } from "../interactions/interactions.ts";
import { usageCommand } from "../usage/usage-command.ts";
import { addProjectCommand, addProjectSuggestions } from "./add-project.ts";
import { ASK_ABOUT, askAboutHandlers } from "./ask-about.ts";
import type { CommandsDeps } from "./commands-deps.ts";
import { contextCommand } from "./context.ts";
import { dropWaiting } from "./drop-waiting.ts";
import { helpCommand } from "./help.ts";
import { modelCommand, modelSuggestions } from "./model.ts";
import { passOn } from "./pass-on.ts";
import { permissionsHandlers } from "./permissions.ts";
import { queueButton, queueCommand } from "./queue.ts";
import { removeProjectHandlers } from "./remove-project.ts";
import { resetHandlers } from "./reset.ts";
import { sessionCommand, sessionParts } from "./session.ts";
import { statusHandler } from "./status.ts";
import { stopButton, stopCommand } from "./stop.ts";

/** The handlers of all commands and of the buttons and forms that belong to them. */
export function commandHandlers(deps: CommandsDeps): InteractionHandlers {
  const status = statusHandler(deps);
  const reset = resetHandlers(deps);
  const askAbout = askAboutHandlers(deps);
  const permissions = permissionsHandlers(deps);
  const removal = removeProjectHandlers(deps);
  return {
    commands: {
      help: helpCommand(deps),
      stop: stopCommand(deps),
      status,
      queue: queueCommand(deps),
      model: modelCommand(deps),
      reset: reset.command,
      session: sessionCommand(deps),
      compact: passOn("/compact", deps),
      context: contextCommand(deps),
      usage: usageCommand(deps),
      permissions: permissions.command,
      "add-project": addProjectCommand(deps),
      "remove-project": removal.command,
      [ASK_ABOUT]: askAbout.command,
    },
    suggestions: {
      model: modelSuggestions(deps),
      "add-project": addProjectSuggestions(deps),
      "remove-project": removal.suggestions,
    },
    components: {
      status,
      reset: reset.button,
      remove: removal.button,
      grants: permissions.menu,
      about: askAbout.form,
      [TURN_BUTTONS.stop]: stopButton(deps),
      "drop-waiting": dropWaiting(deps),
      queue: queueButton(deps),
      ...sessionParts(deps),
    },
  };
}
