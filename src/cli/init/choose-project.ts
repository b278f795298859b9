import type { ConfiguredProject } from "../../config/config.ts";
import { CoordError } from "../../core/operations/errors.ts";
import { channelIdIn } from "../project/channel-id.ts";
import type { Asker } from "./asker.ts";
import type { InitOptions } from "./init-options.ts";

/** The project that is to be changed; undefined for a new one. */
export async function chooseProject(
  options: InitOptions,
  projects: readonly ConfiguredProject[],
  asker: Asker,
): Promise<ConfiguredProject | undefined> {
  const channelId = options.channel === undefined ? undefined : channelIdIn(options.channel);
  const named = projects.find(({ name }) => name === options.name);
  const bound = projects.find((project) => project.channelId === channelId);
  if (named !== undefined && bound !== undefined && named !== bound) {
    throw new CoordError("usage", `--channel ${options.channel}: it is already used for ${bound.name}.`);
  }
  if (options.name !== undefined) return named ?? bound;
  if (bound !== undefined) return bound;
  const [only] = projects;
  if (only === undefined || options.channel !== undefined) return undefined;
  const answer = await asker.answer({
    given: undefined,
    flag: `--name (a new one, or one of: ${projects.map(({ name }) => name).join(", ")})`,
    recommended: projects.length === 1 ? only.name : undefined,
    ask: (prompts) =>
      prompts.choose("Which project?", [
        ...projects.map(({ name }) => ({ value: name, name: `Change ${name}` })),
        { value: NEW, name: "Add another one, for another channel" },
      ]),
  });
  return projects.find(({ name }) => name === answer);
}

/** No project can be called so: names do not begin with a space. */
const NEW = " new";

/** What a new project is called. */
export async function chooseName(
  options: InitOptions,
  { suggestion, projects }: { suggestion: string; projects: readonly ConfiguredProject[] },
  asker: Asker,
): Promise<string> {
  const problem = (name: string) => {
    if (projects.some((project) => project.name === name)) return `There is a project called ${name}.`;
    return /^(?=\S)[^\p{Cc}]{0,99}\S$/u.test(name) ? undefined : "Expected 1 to 100 characters on one line.";
  };
  const name = await asker.answer({
    given: options.name,
    flag: "--name",
    recommended: suggestion,
    ask: (prompts) => prompts.text("What is the project called?", { suggestion, check: problem }),
  });
  const wrong = problem(name);
  if (wrong !== undefined) throw new CoordError("usage", `--name ${name}: ${wrong}`);
  return name;
}
