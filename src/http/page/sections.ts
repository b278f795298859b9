import { html } from "hono/html";
import { ago, dollars, lengthOfTime } from "./amounts.ts";
import { costChart } from "./chart.ts";
import type { ConversationFact, StatusFacts } from "./status-facts.ts";

type Html = ReturnType<typeof html>;

/** The parts of the page that change, by the id of their element; each is sent anew when it has changed. */
export function sections(facts: StatusFacts): Readonly<Record<string, Html>> {
  return {
    state: state(facts),
    alerts: alerts(facts),
    figures: figures(facts),
    running: running(facts),
    queue: queue(facts),
    cost: cost(facts),
    conversations: conversations(facts),
    errors: errors(facts),
    checks: checks(facts),
  };
}

const VERDICTS = { ok: "All is well", degraded: "Works, but look below", failing: "Needs you" } as const;

function state({ health, startedAtMs, nowMs }: StatusFacts): Html {
  return html`<span class="pill ${health.status}">${VERDICTS[health.status]}</span><span class="quiet">up ${lengthOfTime(nowMs - startedAtMs)}</span>`;
}

function alerts({ alerts: standing, nowMs }: StatusFacts): Html {
  if (standing.length === 0) return html``;
  return html`<ul class="alerts">${standing.map(({ text, sinceMs }) => html`<li><strong>${text}</strong> <span class="quiet">since ${lengthOfTime(nowMs - sinceMs)}</span></li>`)}</ul>`;
}

function figures({ agents, running: runs, queue: waits, days }: StatusFacts): Html {
  const today = days.at(-1);
  const month = days.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const figure = (name: string, value: string | number, note: string) =>
    html`<div class="figure"><dt>${name}</dt><dd>${value}</dd><p>${note}</p></div>`;
  return html`<dl class="figures">${[
    figure("Running", runs.length, runs.length === 1 ? "turn" : "turns"),
    figure("Waiting", waits.length, "in the queue"),
    figure("Agents", agents.busy + agents.idle, `of ${agents.max}; ${agents.idle} warm`),
    figure("Today", dollars(today?.costUsd ?? 0), `${today?.turns ?? 0} turns`),
    figure(`${days.length} days`, dollars(month), "estimated by Claude Code"),
  ]}</dl>`;
}

function running({ running: runs, nowMs }: StatusFacts): Html {
  if (runs.length === 0) return html`<p class="empty">Nothing runs.</p>`;
  return html`<ul class="cards">${runs.map(({ project, channel, who, startedAtMs, tool, isWriting }) => {
    const does =
      tool === undefined
        ? html`<p class="does">${isWriting ? "writes its answer" : "thinks"}</p>`
        : html`<p class="does"><code>${tool.line}</code> <span class="quiet">for ${lengthOfTime(nowMs - tool.startedAtMs)}</span></p>`;
    return html`<li class="card"><p><strong>${project}</strong> <span class="quiet">${channel}</span><span class="time">${lengthOfTime(nowMs - startedAtMs)}</span></p>${does}<p class="quiet">asked by ${who}</p></li>`;
  })}</ul>`;
}

function queue({ queue: waits, nowMs }: StatusFacts): Html {
  if (waits.length === 0) return html`<p class="empty">Nobody waits.</p>`;
  return html`<ol class="cards">${waits
    .slice(0, 20)
    .map(
      ({ project, channel, who, acceptedAtMs, because }) =>
        html`<li class="card"><p><strong>${project}</strong> <span class="quiet">${channel}</span><span class="time">${lengthOfTime(nowMs - acceptedAtMs)}</span></p><p class="quiet">asked by ${who}${because === undefined ? "" : `; ${because}`}</p></li>`,
    )}</ol>${waits.length > 20 ? html`<p class="quiet">and ${waits.length - 20} more</p>` : ""}`;
}

function cost({ days }: StatusFacts): Html {
  return html`${costChart(days)}`;
}

const STATES: Readonly<Record<ConversationFact["state"], string>> = {
  working: "works",
  waiting: "waits",
  warm: "warm",
  resting: "rests",
};

function conversations({ conversations: all, nowMs }: StatusFacts): Html {
  if (all.length === 0) return html`<p class="empty">Nobody has spoken with Claude yet.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>Project</th><th>Channel</th><th>State</th><th class="number">Messages</th><th class="number">Cost</th><th>Last active</th><th>Session</th></tr></thead><tbody>${all.map(
    ({ project, channel, state: now, messages, costUsd, lastActiveMs, sessionId }) =>
      html`<tr><td><strong>${project}</strong></td><td>${channel}</td><td><span class="dot ${now}"></span>${STATES[now]}</td><td class="number">${messages}</td><td class="number">${dollars(costUsd)}</td><td>${ago(lastActiveMs, nowMs)}</td><td><code>${sessionId.slice(0, 8)}</code></td></tr>`,
  )}</tbody></table></div>`;
}

function errors({ errors: latest, nowMs }: StatusFacts): Html {
  if (latest.length === 0) return html`<p class="empty">None.</p>`;
  return html`<div class="scroll"><table><thead><tr><th>Error id</th><th>When</th><th>Project</th><th>What</th></tr></thead><tbody>${latest.map(
    ({ errorId, atMs, project, code }) =>
      html`<tr><td><code>${errorId}</code></td><td>${ago(atMs, nowMs)}</td><td>${project}</td><td>${code}</td></tr>`,
  )}</tbody></table></div><p class="quiet">On the machine: <code>claude-coord errors show ${latest[0]?.errorId ?? ""}</code></p>`;
}

const CHECKS: Readonly<Record<string, string>> = {
  gateway: "Discord",
  database: "Database",
  claude_login: "Claude's login",
  disk: "Disk",
};

function checks({ health }: StatusFacts): Html {
  return html`<ul class="checks">${Object.entries(health.checks).map(
    ([name, { status, detail }]) =>
      html`<li><span class="dot ${status}"></span><strong>${CHECKS[name] ?? name}</strong> <span class="quiet">${detail}</span></li>`,
  )}</ul>`;
}
