// Compiles src/ to dist/: type stripping does not work inside node_modules, so the package ships JavaScript.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

// A file that was renamed in src/ must not live on in dist/.
rmSync("dist", { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["--project", "tsconfig.build.json"], { stdio: "inherit" });

// What the compiler does not copy: pages and pictures that a room serves.
for (const folder of ["http/page", "loopback/page"]) {
  if (existsSync(`src/${folder}/public`)) {
    cpSync(`src/${folder}/public`, `dist/${folder}/public`, { recursive: true });
  }
}
