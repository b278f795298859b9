import { html } from "hono/html";
import { sections } from "./sections.ts";
import type { StatusFacts } from "./status-facts.ts";

/** The whole page. It needs no script: without one it loads itself anew every ten seconds. */
export async function statusPage(facts: StatusFacts): Promise<string> {
  const part = sections(facts);
  const block = (id: string, title: string) =>
    html`<section><h2>${title}</h2><div id="${id}">${part[id]}</div></section>`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${facts.botName} · claude-coord</title>
<link rel="stylesheet" href="/page.css">
<noscript><meta http-equiv="refresh" content="10"></noscript>
<script src="/page.js" defer></script>
</head>
<body>
<header>
<h1>${facts.botName}</h1>
<div id="state" class="state">${part.state}</div>
</header>
<main>
<div id="alerts">${part.alerts}</div>
<div id="figures">${part.figures}</div>
<div class="columns">
${block("running", "Running")}
${block("queue", "Waiting")}
</div>
${block("cost", "Cost per day")}
${block("conversations", "Conversations")}
<div class="columns">
${block("errors", "Latest errors")}
${block("checks", "Health")}
</div>
</main>
<footer><span>claude-coord ${facts.version} · Claude Code ${facts.claudeVersion}</span><span id="live" class="quiet"></span></footer>
</body>
</html>
`;
  return String(await page);
}
