import { el, markdown } from "./markdown.js";

const BUTTON_STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };
const EPHEMERAL = 64;
const LOADING = 128;

/** One message as discord-components show it, with everything on it that can be used. */
export function messageElement(message, before, look, does) {
  const { author } = message;
  const shown = el("discord-message", {
    author: look.user(author.id),
    avatar: avatar(look.user(author.id), author.id === look.bot),
    bot: author.bot === true,
    timestamp: shortTime(message.timestamp),
    messageBodyOnly: continues(message, before),
    className: continues(message, before) ? "continued" : "",
    ephemeral: (message.flags & EPHEMERAL) !== 0,
    highlight: message.mentions.some(({ id }) => id === look.me),
  });
  shown.dataset.id = message.id;
  if (message.referenced_message) shown.append(replyElement(message.referenced_message, look));
  const words = el("span", { className: "words" });
  const text = (message.flags & LOADING) !== 0 ? "-# *thinking…*" : systemText(message, look);
  words.append(markdown(text, look));
  if (message.edited_timestamp) {
    const last = words.lastElementChild?.className === "sub" ? words.lastElementChild : words;
    last.append(" ", el("span", { className: "edited", textContent: "(edited)" }));
  }
  for (const embed of message.embeds) words.append(embedElement(embed, look));
  for (const { message: passedOn } of message.message_snapshots ?? []) {
    words.append(el("blockquote", {}, "↪ Forwarded", el("br"), markdown(passedOn.content, look)));
  }
  shown.append(words);
  if (message.attachments.length > 0) shown.append(attachmentElements(message.attachments));
  if (message.components.length > 0) shown.append(componentElements(message, does));
  shown.append(reactionElements(message, look, does));
  return shown;
}

/** Discord puts messages of one person together unless they are far apart or answer something. */
function continues(message, before) {
  if (!before || message.referenced_message || before.author.id !== message.author.id) return false;
  return new Date(message.timestamp) - new Date(before.timestamp) < 7 * 60_000;
}

function shortTime(timestamp) {
  const date = new Date(timestamp);
  const isToday = date.toDateString() === new Date().toDateString();
  return date.toLocaleString("en-GB", { ...(isToday ? {} : { dateStyle: "short" }), timeStyle: "short" });
}

/** A picture made here, since a missing one would be asked of Discord. */
export function avatar(name, isBot) {
  const initial = isBot ? "✳" : (name[0] ?? "?").toUpperCase();
  const color = isBot ? "d97757" : "5865f2";
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#${color}"/>` +
    `<text x="20" y="27" font-size="20" text-anchor="middle" fill="#fff" font-family="sans-serif">${initial}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function systemText(message, look) {
  if (message.type === 18) return `-# started a thread: ${message.content}`;
  if (message.type === 6) return "-# pinned a message";
  if (message.type === 7) return `-# ${look.user(message.author.id)} is here`;
  return message.content;
}

function replyElement(replied, look) {
  const reply = el("discord-reply", {
    slot: "reply",
    author: look.user(replied.author.id),
    avatar: avatar(look.user(replied.author.id), replied.author.id === look.bot),
    bot: replied.author.bot === true,
    mentions: false,
  });
  const words = replied.content.replace(/^-# /gm, "");
  const text = words.replace(/<@!?(\d+)>/g, (_, id) => `@${look.user(id)}`).replace(/\s+/g, " ");
  reply.append(text.slice(0, 80) || "(a file)");
  return reply;
}

function attachmentElements(attachments) {
  const box = el("div", { slot: "attachments", className: "attachments" });
  for (const { url, filename, size, content_type: type } of attachments) {
    if (type?.startsWith("image/")) {
      const link = el("a", { href: url, target: "_blank", rel: "noopener noreferrer" });
      link.append(el("img", { src: url, alt: filename, loading: "lazy" }));
      box.append(link);
    } else {
      const units = size < 1024 ? [size, "B"] : size < 1024 ** 2 ? [(size / 1024).toFixed(1), "KB"] : undefined;
      const [bytes, bytesUnit] = units ?? [(size / 1024 ** 2).toFixed(1), "MB"];
      box.append(el("discord-file-attachment", { name: filename, bytes, bytesUnit, href: url, target: "_blank" }));
    }
  }
  return box;
}

function embedElement(embed, look) {
  const box = el("span", { className: "embed" });
  if (embed.color) box.style.borderColor = `#${embed.color.toString(16).padStart(6, "0")}`;
  if (embed.title) box.append(el("strong", {}, markdown(embed.title, look)), el("br"));
  if (embed.description) box.append(markdown(embed.description, look));
  for (const { name, value } of embed.fields ?? []) {
    box.append(el("br"), el("strong", {}, markdown(name, look)), el("br"), markdown(value, look));
  }
  if (embed.footer) box.append(el("span", { className: "sub", textContent: embed.footer.text }));
  return box;
}

function componentElements(message, does) {
  const box = el("div", { slot: "components" });
  for (const row of message.components) {
    const line = el("div", { className: "row" });
    for (const one of row.components ?? []) {
      if (one.type === 2) line.append(buttonElement(message, one, does));
      if (one.type === 3) line.append(selectElement(message, one, does));
    }
    box.append(line);
  }
  return box;
}

function buttonElement(message, { custom_id, label, emoji, style, url, disabled }, does) {
  const text = [emoji?.name, label].filter(Boolean).join(" ");
  const className = `push ${BUTTON_STYLES[style]}`;
  const button = el("button", { type: "button", className, textContent: text, disabled: disabled === true });
  button.addEventListener("click", () => {
    if (url) window.open(url, "_blank", "noopener");
    else does({ do: "clicks", message: ref(message), button: custom_id });
  });
  return button;
}

function selectElement(message, menu, does) {
  const multiple = (menu.max_values ?? 1) > 1;
  const select = el("select", { multiple, disabled: menu.disabled === true, ariaLabel: menu.placeholder ?? "" });
  if (!multiple) select.append(el("option", { value: "", textContent: menu.placeholder ?? "Choose…" }));
  for (const { label, value, description, default: selected } of menu.options) {
    const text = description ? `${label} · ${description}` : label;
    select.append(el("option", { value, textContent: text, selected: selected === true }));
  }
  const send = () => {
    const values = [...select.selectedOptions].map(({ value }) => value).filter(Boolean);
    if (values.length > 0) does({ do: "selects", message: ref(message), select: menu.custom_id, values });
  };
  if (!multiple) {
    select.addEventListener("change", send);
    return select;
  }
  const done = el("button", { type: "button", className: "push primary", textContent: "Choose" });
  done.addEventListener("click", send);
  return el("span", {}, select, done);
}

function reactionElements(message, look, does) {
  const box = el("div", { slot: "reactions", className: "reactions" });
  for (const { emoji, count, me } of message.reactions ?? []) {
    const button = el("button", { type: "button", className: me ? "mine" : "", textContent: `${emoji.name} ${count}` });
    button.addEventListener("click", () =>
      does({ do: "reacts", message: ref(message), emoji: emoji.name, add: !me }),
    );
    box.append(button);
  }
  const tools = el("span", { className: "tools" });
  const tool = (label, act) => {
    const button = el("button", { type: "button", textContent: label });
    button.addEventListener("click", act);
    tools.append(button);
  };
  tool("Reply", () => does.replyTo(message));
  tool("👍", () => does({ do: "reacts", message: ref(message), emoji: "👍", add: true }));
  for (const command of look.messageCommands) {
    tool(command, () => does({ do: "runsOn", message: ref(message), command }));
  }
  box.append(tools);
  return box;
}

export function ref({ id, channel_id }) {
  return { id, channel_id };
}
