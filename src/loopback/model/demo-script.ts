import { playDirective } from "./directive.ts";
import type { ModelRequest } from "./model-request.ts";
import { type Step, say, use } from "./reply.ts";

/**
 * What the model says in the demo: it knows only what it was shown in this session, so its answers prove that a
 * session remembers, and that two sessions do not mix. A `<<fake: …>>` directive in the message comes first.
 */
export function demoScript(request: ModelRequest): Step {
  const directive = playDirective(request);
  if (directive !== undefined) return directive;
  for (const answer of ANSWERS) {
    const step = answer(request);
    if (step !== undefined) return step;
  }
  return whatWasShown(request);
}

const ANSWERS: readonly ((request: ModelRequest) => Step | undefined)[] = [
  summary,
  toolReport,
  runCommand,
  askQuestion,
  recallFact,
  keepFact,
  longStory,
  greeting,
];

/** When the CLI compacts a session it asks for a summary; what people said goes in whole, so that facts survive. */
function summary({ lastUserText, history }: ModelRequest): Step | undefined {
  if (!lastUserText.startsWith("CRITICAL: Respond with TEXT ONLY")) return undefined;
  const said = history.slice(0, -1).map((text) => `- ${text}`);
  return `<analysis>All of it matters.</analysis>\n<summary>\nPeople said:\n${said.join("\n")}\n</summary>`;
}

/** After a tool has run: what came of it. */
function toolReport({ toolResults }: ModelRequest): Step | undefined {
  const [result] = toolResults;
  if (result === undefined) return undefined;
  const text = result.text.trim() === "" ? "(no output)" : result.text.trim();
  return `${result.isError ? "That did not work" : "Done"}:\n\n\`\`\`\n${text}\n\`\`\``;
}

/** "Run `touch hello.txt`" asks for the command, with the CLI's permission rules in force. */
function runCommand({ lastUserText }: ModelRequest): Step | undefined {
  const command = /\brun `([^`]+)`/i.exec(lastUserText)?.[1];
  return command === undefined ? undefined : use("Bash", { command, description: "What you asked for" });
}

/** "Ask me something" makes the CLI put a question with options to the person. */
function askQuestion({ lastUserText, tools }: ModelRequest): Step | undefined {
  if (!/\bask me\b/i.test(lastUserText) || !tools.includes("AskUserQuestion")) return undefined;
  const options = [
    { label: "Teal", description: "Between green and blue" },
    { label: "Amber", description: "Between yellow and orange" },
  ];
  const question = {
    question: "Which colour do you like better?",
    header: "Colour",
    multiSelect: false,
    options,
  };
  return use("AskUserQuestion", { questions: [question] });
}

/** "What is my favourite colour?" is answered from what this session was shown, the latest word first. */
function recallFact({ lastUserText, history }: ModelRequest): Step | undefined {
  const name = /\bwhat(?:'s| is) my ([\w ]+)\?/i.exec(lastUserText)?.[1]?.trim();
  if (name === undefined) return undefined;
  const facts = history.flatMap(factsIn);
  const value = facts.findLast((fact) => fact.name.toLowerCase() === name.toLowerCase())?.value;
  return value === undefined
    ? `You have not told me your ${name} in this channel. I was shown ${count(history)}.`
    : `Your ${name} is ${value}. You told me so in this channel.`;
}

/** "My favourite colour is teal." */
function keepFact({ lastUserText }: ModelRequest): Step | undefined {
  const fact = factsIn(lastUserText).at(-1);
  return fact === undefined ? undefined : `I will remember that your ${fact.name} is ${fact.value}.`;
}

function factsIn(text: string): { name: string; value: string }[] {
  return [...text.matchAll(/\bmy ([\w ]+?) is ([^.!?\n]+)/gi)].map(([, name = "", value = ""]) => ({
    name,
    value: value.trim(),
  }));
}

/** "Tell me a story" comes slowly, so that one can watch it being written. */
function longStory({ lastUserText }: ModelRequest): Step | undefined {
  if (!/\bstory\b/i.test(lastUserText)) return undefined;
  const text = STORY.map((sentence, index) => `${index + 1}. ${sentence}`).join("\n");
  return say(text, { chunkSize: 16, delayMs: 120 });
}

function greeting({ lastUserText, history }: ModelRequest): Step | undefined {
  if (!/^\W*(hello|hi|hey|good (morning|day|evening))\b/i.test(lastUserText)) return undefined;
  return `Hello! I am a scripted model, here to show how this works. In this channel I was shown ${count(history)} so far.`;
}

function whatWasShown({ history }: ModelRequest): Step {
  const list = history.map((text, index) => `${index + 1}. ${shortened(text)}`).join("\n");
  return `I am a scripted model; I was shown ${count(history)}:\n${list}`;
}

function count(history: readonly string[]): string {
  return history.length === 1 ? "1 message" : `${history.length} messages`;
}

/** One line of at most 80 code points. */
function shortened(text: string): string {
  const characters = [...text.replaceAll(/\s+/g, " ")];
  return characters.length <= 80 ? characters.join("") : `${characters.slice(0, 79).join("")}…`;
}

const STORY = [
  "Once there was a terminal that only one person could see.",
  "Its answers scrolled by, and by evening nobody remembered them.",
  "So somebody gave it a channel, and then each project its own.",
  "Now the team reads along, answers its questions, and presses the buttons.",
  "And when the machine restarts at night, it knows where it left off.",
];
