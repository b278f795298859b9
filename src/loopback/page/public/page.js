import "@skyra/discord-components-core";
import { createComposer } from "./composer.js";
import { showForm } from "./form.js";
import { el } from "./markdown.js";
import { messageElement } from "./message.js";

const $ = (selector) => document.querySelector(selector);
const unread = new Set();
const typing = new Map();
/** What stands on the page: message id -> its JSON, so that only what changed is drawn anew. */
const drawn = new Map();
let state;
let channelId;
let problemTimer;

const json = async (path, options) => {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? response.statusText);
  return body;
};

const problem = (text) => {
  $("#problem").textContent = text;
  $("#problem").hidden = false;
  clearTimeout(problemTimer);
  problemTimer = setTimeout(() => ($("#problem").hidden = true), 8000);
};

const act = async (what) => {
  try {
    const headers = { "Content-Type": "application/json" };
    if (what.do === "says" || what.do === "runs") scrollToEnd();
    const outcome = await json("/act", { method: "POST", headers, body: JSON.stringify(what) });
    if (outcome.modal) showForm(outcome, act);
    return outcome;
  } catch (error) {
    if (what.do !== "types" && what.do !== "suggests") problem(error.message);
    return undefined;
  }
};

const nameOf = (list, id, unknown) => list.find((one) => one.id === id)?.name ?? unknown;
const look = {
  user: (id) => nameOf(state.users, id, "somebody"),
  role: (id) => nameOf(state.roles, id, "role"),
  channel: (id) => nameOf(state.channels, id, "channel"),
  get me() {
    return state.me;
  },
  get bot() {
    return state.bot;
  },
  get messageCommands() {
    return state.messageCommands;
  },
};

const drawChannels = () => {
  const open = (id) => {
    $("#side").classList.remove("open");
    show(id);
  };
  const entry = ({ id, name, isThread }) => {
    const button = el("button", { type: "button", textContent: `${isThread ? "↳" : "#"} ${name}` });
    button.setAttribute("aria-current", String(id === channelId));
    button.addEventListener("click", () => open(id));
    const className = [isThread ? "thread" : "", unread.has(id) ? "unread" : ""].join(" ");
    return el("li", { className }, button);
  };
  const top = state.channels.filter(({ type, isThread }) => !isThread && type !== 4);
  $("#channels").replaceChildren(
    ...top.flatMap((channel) => [
      entry(channel),
      ...state.channels
        .filter(({ parentId, isThread, archived }) => isThread && !archived && parentId === channel.id)
        .map(entry),
    ]),
  );
  $("#guild").textContent = state.guild;
  $("#title").textContent = `# ${look.channel(channelId)}`;
  $("#text").placeholder = `Message #${look.channel(channelId)}`;
};

const does = Object.assign((what) => act(what), { replyTo: (message) => composer.setReply(message) });

/** One drawing at a time: a slow answer must not put an older state over a newer one. */
let drawing = Promise.resolve();
const drawMessages = () => {
  drawing = drawing.then(drawNow).catch((error) => problem(error.message));
  return drawing;
};

const drawNow = async () => {
  const asked = channelId;
  const messages = await json(`/messages/${asked}`);
  if (asked !== channelId) return;
  const box = $("#messages");
  const ids = new Set(messages.map(({ id }) => id));
  for (const shown of [...box.children]) if (!ids.has(shown.dataset.id)) shown.remove();
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const content = stable(message) + (before?.id ?? "");
    const old = [...box.children].find((shown) => shown.dataset.id === message.id);
    if (old && drawn.get(message.id) === content) continue;
    drawn.set(message.id, content);
    const fresh = messageElement(message, before, look, does);
    if (old) old.replaceWith(fresh);
    else box.insertBefore(fresh, box.children[index] ?? null);
  }
};

/** Whoever reads the end goes on reading the end, also when a picture above it is loaded later. */
let readsEnd = true;
const scrollToEnd = () => {
  readsEnd = true;
  $("#scroll").scrollTo(0, $("#scroll").scrollHeight);
};
$("#scroll").addEventListener("scroll", ({ target }) => {
  readsEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 120;
});
new ResizeObserver(() => readsEnd && scrollToEnd()).observe($("#messages"));

/** Addresses of files are signed anew each time, which changes nothing that can be seen. */
function stable(message) {
  return JSON.stringify(message, (key, value) => (key === "url" || key === "proxy_url" ? undefined : value));
}

const drawTyping = () => {
  const names = [...typing.values()].filter((one) => one.channelId === channelId).map((one) => one.name);
  $("#typing").textContent = names.length === 0 ? "" : `${names.join(", ")} is typing…`;
};

async function show(id) {
  channelId = id;
  unread.delete(id);
  history.replaceState(undefined, "", `#${id}`);
  $("#messages").replaceChildren();
  drawn.clear();
  drawChannels();
  drawTyping();
  readsEnd = true;
  await drawMessages();
  scrollToEnd();
}

/** Many changes come at once while an answer is streamed: they are drawn together. */
let pending;
const later = (work) => {
  pending ??= setTimeout(() => {
    pending = undefined;
    work();
  }, 60);
};

const hear = async ({ type, channelId: where, userId }) => {
  if (type === "TYPING_START" && userId !== state.me) {
    clearTimeout(typing.get(userId)?.timer);
    const timer = setTimeout(() => {
      typing.delete(userId);
      drawTyping();
    }, 10_000);
    typing.set(userId, { channelId: where, name: look.user(userId), timer });
    return drawTyping();
  }
  if (/^(CHANNEL|THREAD|GUILD)_/.test(type)) {
    state = { ...(await json("/state")) };
    drawChannels();
  }
  if (!/^(MESSAGE|INTERACTION)/.test(type) && type !== "THREAD_CREATE") return;
  if (type === "MESSAGE_CREATE") {
    for (const [id, one] of typing) if (one.channelId === where) typing.delete(id);
    drawTyping();
    if (where !== channelId) {
      unread.add(where);
      drawChannels();
    }
  }
  if (where === channelId || where === undefined) later(drawMessages);
};

state = await json("/state");
const composer = createComposer({
  state: () => ({ ...state, user: look.user }),
  channelId: () => channelId,
  act,
  problem,
});
$("#menu").addEventListener("click", () => $("#side").classList.toggle("open"));
$("main").addEventListener("click", (event) => {
  if (event.target !== $("#menu")) $("#side").classList.remove("open");
});
const events = new EventSource("/events");
events.addEventListener("message", ({ data }) => hear(JSON.parse(data)));
// What happened while there was no connection has been told to nobody.
events.addEventListener("open", drawMessages);
// A command that was registered since is known when somebody begins to write one.
$("#text").addEventListener("focus", async () => {
  state = await json("/state");
});
const wanted = location.hash.slice(1);
await show(state.channels.find(({ id }) => id === wanted)?.id ?? state.channels.find(({ type }) => type === 0)?.id);
document.body.dataset.ready = "true";
