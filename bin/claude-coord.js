#!/usr/bin/env node
// Written so that an old Node can read it: the first thing it does is to say that it is too old.
const [major, minor, patch] = process.versions.node.split(".").map(Number);
const isNewEnough =
  major >= 26 ||
  (major === 24 && minor >= 15) ||
  (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)));

if (isNewEnough) {
  const { main } = await import("../dist/cli/main.js");
  await main();
} else {
  console.error(
    `claude-coord needs Node 22.22.2 or newer, 24.15 or newer, or 26 and up; this is Node ${process.versions.node}.\n` +
      "Install a current one from https://nodejs.org/en/download (or your distribution), then start again.",
  );
  process.exitCode = 1;
}
