/** Discord's Markdown as elements. Everything that people write becomes text nodes, never markup. */
export function markdown(source, look) {
  const out = document.createDocumentFragment();
  let rest = source;
  const fence = /```(?:([\w+.#-]*)\n)?([\s\S]*?)\n?```/;
  for (let found = fence.exec(rest); found; found = fence.exec(rest)) {
    blocks(rest.slice(0, found.index).replace(/\n$/, ""), look, out);
    const pre = el("pre");
    const code = el("code", { className: found[1] ? `language-${found[1]}` : "" });
    code.textContent = found[2];
    pre.append(code);
    out.append(pre);
    rest = rest.slice(found.index + found[0].length).replace(/^\n/, "");
  }
  blocks(rest, look, out);
  return out;
}

/** An element with properties and children; strings become text. */
export function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function blocks(text, look, out) {
  if (text === "") return;
  const lines = text.split("\n");
  let plain = [];
  const flush = () => {
    if (plain.length === 0) return;
    const paragraph = el("span");
    inline(plain.join("\n"), look, paragraph);
    out.append(paragraph);
    if (plain.at(-1) !== "" || plain.length > 1) out.append(el("br"));
    plain = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const heading = /^(#{1,3}) +(.+)$/.exec(line);
    const sub = /^-# +(.+)$/.exec(line);
    const item = /^( *)(?:[-*]|\d+\.) +/.exec(line);
    if (heading) {
      flush();
      out.append(filled(el(`h${heading[1].length + 2}`), heading[2], look));
    } else if (sub) {
      flush();
      out.append(filled(el("span", { className: "sub" }), sub[1], look));
    } else if (/^>>> /.test(line)) {
      flush();
      const quote = el("blockquote");
      blocks([line.slice(4), ...lines.slice(at + 1)].join("\n"), look, quote);
      out.append(quote);
      return;
    } else if (/^> /.test(line)) {
      flush();
      const quoted = [];
      while (at < lines.length && /^>( |$)/.test(lines[at])) quoted.push(lines[at++].replace(/^> ?/, ""));
      at -= 1;
      const quote = el("blockquote");
      blocks(quoted.join("\n"), look, quote);
      out.append(quote);
    } else if (item) {
      flush();
      at = list(lines, at, item[1].length, look, out) - 1;
    } else plain.push(line);
  }
  flush();
  if (out.lastChild?.nodeName === "BR") out.lastChild.remove();
}

/** A list from line `at` on, its deeper items as lists in it; returns the line after it. */
function list(lines, at, indent, look, out) {
  const first = /^ *(\d+)\. /.exec(lines[at]);
  const box = el(first ? "ol" : "ul", first ? { start: Number(first[1]) } : {});
  out.append(box);
  while (at < lines.length) {
    const item = /^( *)(?:[-*]|\d+\.) +(.*)$/.exec(lines[at]);
    const isText = !item && lines[at].startsWith(" ".repeat(indent + 2)) && box.lastChild;
    if (isText) {
      box.lastChild.append(el("br"));
      inline(lines[at].trim(), look, box.lastChild);
      at += 1;
    } else if (!item || item[1].length < indent) return at;
    else if (item[1].length > indent + 1 && box.lastChild)
      at = list(lines, at, item[1].length, look, box.lastChild);
    else {
      box.append(filled(el("li"), item[2], look));
      at += 1;
    }
  }
  return at;
}

function filled(element, text, look) {
  inline(text, look, element);
  return element;
}

const INLINE = [
  [/\\([^\p{L}\p{N}\s])/u, (found) => found[1]],
  [/(`+)(.+?)\1(?!`)/s, (found) => el("code", { textContent: found[2].replace(/^ (.*) $/, "$1") })],
  [/\|\|(.+?)\|\|/s, (found, look) => spoiler(found[1], look)],
  [/\*\*\*(.+?)\*\*\*/s, (found, look) => filled(el("strong"), `*${found[1]}*`, look)],
  [/\*\*(.+?)\*\*/s, (found, look) => filled(el("strong"), found[1], look)],
  [/__(.+?)__/s, (found, look) => filled(el("u"), found[1], look)],
  [/~~(.+?)~~/s, (found, look) => filled(el("s"), found[1], look)],
  [/\*([^\s*](?:[^*]*[^\s*])?)\*/, (found, look) => filled(el("em"), found[1], look)],
  [/(?<!\w)_([^_\s](?:[^_]*[^_\s])?)_(?!\w)/, (found, look) => filled(el("em"), found[1], look)],
  [/<@!?(\d+)>/, (found, look) => mention(`@${look.user(found[1])}`)],
  [/<@&(\d+)>/, (found, look) => mention(`@${look.role(found[1])}`)],
  [/<#(\d+)>/, (found, look) => mention(`#${look.channel(found[1])}`)],
  [/<t:(\d+)(?::(\w))?>/, (found) => mention(time(Number(found[1]), found[2]))],
  [/\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (found, look) => link(found[2], found[1], look)],
  [/<(https?:\/\/[^\s>]+)>/, (found) => link(found[1])],
  [/https?:\/\/[^\s<]+[^\s<.,:;"')\]]/, (found) => link(found[0])],
  [/@(?:everyone|here)\b/, (found) => mention(found[0])],
];

/** Adds a text with its emphasis: of all marks that are in it, the first one counts. */
function inline(text, look, out) {
  let rest = text;
  while (rest !== "") {
    let first;
    for (const [pattern, make] of INLINE) {
      const found = pattern.exec(rest);
      if (found && (!first || found.index < first.found.index)) first = { found, make };
    }
    if (!first) break;
    plain(rest.slice(0, first.found.index), out);
    out.append(first.make(first.found, look));
    rest = rest.slice(first.found.index + first.found[0].length);
  }
  plain(rest, out);
}

function plain(text, out) {
  for (const [index, line] of text.split("\n").entries()) {
    if (index > 0) out.append(el("br"));
    if (line !== "") out.append(line);
  }
}

function mention(text) {
  return el("span", { className: "mention", textContent: text });
}

function link(href, label, look) {
  const anchor = el("a", { href, target: "_blank", rel: "noopener noreferrer" });
  if (label === undefined) anchor.textContent = href;
  else inline(label, look, anchor);
  return anchor;
}

function spoiler(text, look) {
  const hidden = filled(el("span", { className: "spoiler", tabIndex: 0 }), text, look);
  hidden.addEventListener("click", () => hidden.classList.add("open"));
  return hidden;
}

function time(seconds, style) {
  const date = new Date(seconds * 1000);
  if (style === "R") {
    const minutes = Math.round((date.getTime() - Date.now()) / 60_000);
    const format = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
    if (Math.abs(minutes) < 60) return format.format(minutes, "minute");
    if (Math.abs(minutes) < 60 * 48) return format.format(Math.round(minutes / 60), "hour");
    return format.format(Math.round(minutes / 1440), "day");
  }
  const options = {
    t: { timeStyle: "short" },
    T: { timeStyle: "medium" },
    d: { dateStyle: "short" },
    D: { dateStyle: "long" },
  };
  return date.toLocaleString("en-GB", options[style] ?? { dateStyle: "long", timeStyle: "short" });
}
