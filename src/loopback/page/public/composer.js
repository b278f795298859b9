import { el } from "./markdown.js";
import { ref } from "./message.js";

/** The box in which a person writes: mentions, slash commands with their options, files, replies. */
export function createComposer({ state, channelId, act, problem }) {
  const text = document.querySelector("#text");
  const form = document.querySelector("#composer");
  const suggestions = document.querySelector("#suggestions");
  const fileInput = document.querySelector("#file");
  const fileList = document.querySelector("#files");
  const replying = document.querySelector("#replying");
  let replyTo;
  let lastTyping = 0;

  const showFiles = () => {
    fileList.replaceChildren(...[...fileInput.files].map(({ name }) => el("li", { textContent: `📎 ${name}` })));
    fileList.hidden = fileInput.files.length === 0;
  };
  const clear = () => {
    text.value = "";
    fileInput.value = "";
    showFiles();
    setReply(undefined);
    suggest([]);
    grow();
  };
  const setReply = (message) => {
    replyTo = message;
    replying.hidden = message === undefined;
    replying.textContent = message ? `Replying to ${state().user(message.author.id)} (Esc ends)` : "";
    if (message) text.focus();
  };
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
  };
  const suggest = (entries) => {
    suggestions.hidden = entries.length === 0;
    suggestions.replaceChildren(
      ...entries.map(({ label, about, pick }) => {
        const button = el("button", { type: "button" }, label, el("small", { textContent: about ?? "" }));
        button.addEventListener("click", () => {
          pick();
          text.focus();
          text.dispatchEvent(new Event("input"));
        });
        return el("li", {}, button);
      }),
    );
  };

  const update = async () => {
    grow();
    const typed = text.value;
    if (typed.startsWith("/")) {
      const entries = await commandEntries(typed);
      // A slow answer to what stood here before must not take away the one to what stands here now.
      if (text.value === typed) suggest(entries);
      return;
    }
    const mention = /@([\w.-]*)$/.exec(typed.slice(0, text.selectionStart));
    if (!mention) return suggest([]);
    const people = state().users.filter(({ name }) => name.toLowerCase().startsWith(mention[1].toLowerCase()));
    suggest(
      people.slice(0, 8).map(({ name, bot }) => ({
        label: `@${name}`,
        about: bot ? "bot" : "",
        pick: () => text.setRangeText(`@${name} `, mention.index, text.selectionStart, "end"),
      })),
    );
  };

  /** `/name sub option:value other:value with spaces` */
  const commandEntries = async (typed) => {
    const found = findCommand(typed);
    if (!found) {
      const names = commandLines(state().commands);
      return names
        .filter(({ line }) => line.startsWith(typed))
        .map(({ line, about }) => ({ label: line, about, pick: () => (text.value = `${line} `) }));
    }
    const { options, rest, line } = found;
    const writing = /(\w[\w-]*):([^:]*)$/.exec(rest);
    const option = writing && options.find(({ name }) => name === writing[1]);
    if (option) {
      const given = writing[2].trimStart();
      const put = (value) => {
        text.value = typed.slice(0, typed.length - writing[2].length) + value;
      };
      let choices = option.choices ?? [];
      if (option.autocomplete) {
        const asked = { do: "suggests", channelId: channelId(), command: line, option: option.name, typed: given };
        choices = (await act(asked))?.choices ?? [];
      }
      if (option.type === 5) choices = [true, false].map((value) => ({ name: String(value), value: String(value) }));
      if (option.type === 7) choices = state().channels.map(({ name }) => ({ name: `#${name}`, value: name }));
      if (option.type === 6) choices = state().users.map(({ name }) => ({ name: `@${name}`, value: name }));
      return choices
        .filter(({ name }) => name.toLowerCase().includes(given.toLowerCase().replace(/^[#@]/, "")))
        .slice(0, 25)
        .map(({ name, value }) => ({ label: name, pick: () => put(String(value)) }));
    }
    return options
      .filter(({ name }) => !rest.includes(`${name}:`))
      .map(({ name, description, required }) => ({
        label: `${name}:`,
        about: `${description}${required ? "" : " (optional)"}`,
        pick: () => (text.value = `${typed.trimEnd()} ${name}:`),
      }));
  };

  const findCommand = (typed) => {
    const lines = commandLines(state().commands).filter(({ line }) => typed === line || typed.startsWith(`${line} `));
    const best = lines.sort((a, b) => b.line.length - a.line.length)[0];
    return best && { ...best, rest: typed.slice(best.line.length) };
  };

  const runCommand = (typed) => {
    const found = findCommand(typed);
    if (!found) return problem(`There is no command ${typed.split(" ")[0]}.`);
    const options = {};
    const names = found.options.map(({ name }) => name).join("|");
    if (names !== "") {
      const pattern = new RegExp(`(?:^|\\s)(${names}):([\\s\\S]*?)(?=\\s(?:${names}):|$)`, "g");
      for (const [, name, value] of found.rest.matchAll(pattern)) {
        const { type } = found.options.find((option) => option.name === name);
        options[name] = optionValue(type, value.trim(), state());
      }
    }
    return act({ do: "runs", channelId: channelId(), command: found.line, options });
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = text.value.trim();
    if (typed === "" && fileInput.files.length === 0) return;
    if (typed.startsWith("/")) {
      clear();
      return runCommand(typed);
    }
    const files = await Promise.all([...fileInput.files].map(encoded));
    const said = { do: "says", channelId: channelId(), content: withMentions(typed, state()), files };
    if (replyTo) said.replyTo = ref(replyTo);
    clear();
    await act(said);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Escape") setReply(undefined);
    if (event.key === "Tab" && !suggestions.hidden) {
      event.preventDefault();
      suggestions.querySelector("button")?.click();
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("input", () => {
    update();
    if (Date.now() - lastTyping < 8000 || text.value === "" || text.value.startsWith("/")) return;
    lastTyping = Date.now();
    act({ do: "types", channelId: channelId() });
  });
  fileInput.addEventListener("change", showFiles);
  return { setReply };
}

function commandLines(commands) {
  return commands.flatMap(({ name, description, options = [] }) => {
    const subcommands = options.filter(({ type }) => type === 1 || type === 2);
    if (subcommands.length === 0) return [{ line: `/${name}`, about: description, options }];
    return subcommands.flatMap((sub) =>
      (sub.type === 2 ? (sub.options ?? []).map((inner) => [`${sub.name} ${inner.name}`, inner]) : [[sub.name, sub]]).map(
        ([path, inner]) => ({ line: `/${name} ${path}`, about: inner.description, options: inner.options ?? [] }),
      ),
    );
  });
}

function optionValue(type, text, { channels, users }) {
  if (type === 4 || type === 10) return Number(text);
  if (type === 5) return text === "true";
  const bare = text.replace(/^[#@]/, "");
  if (type === 7) return { id: channels.find(({ name }) => name === bare)?.id ?? bare };
  if (type === 6) return { id: users.find(({ name }) => name === bare)?.id ?? bare };
  return text;
}

/** What a person writes as `@name` and `#name` is sent as Discord's own marks. */
function withMentions(text, { users, channels }) {
  let out = text;
  for (const { id, name } of [...users].sort((a, b) => b.name.length - a.name.length))
    out = out.replaceAll(`@${name}`, `<@${id}>`);
  for (const { id, name } of channels) out = out.replace(new RegExp(`#${name}(?![\\w-])`, "g"), `<#${id}>`);
  return out;
}

async function encoded(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { name: file.name, base64: btoa(binary) };
}
