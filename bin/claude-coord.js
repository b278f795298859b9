#!/usr/bin/env node
// Written so that an old Node can read it: the first thing it does is to say that it is too old.
const [major, minor, patch] = process.versions.node.split(".").map(Number);
const isNewEnough =
  major >= 26 ||
  (major === 24 && minor >= 15) ||
  (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)));
const words = process.argv.slice(2);

if (!isNewEnough) {
  console.error(
    `claude-coord needs Node 22.22.2 or newer, 24.15 or newer, or 26 and up; this is Node ${process.versions.node}.\n` +
      "Install a current one from https://nodejs.org/en/download (or your distribution), then start again.",
  );
  process.exitCode = 1;
} else if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  // Scripts ask for it often, and it needs nothing of the rest.
  const { packageVersion } = await import("../dist/daemon/package-version.js");
  console.log(packageVersion());
} else {
  const { main } = await import("../dist/cli/main.js");
  await main();
}
