// Writes what is made from the configuration's schema; a test holds the files equal to it.
import { readFileSync, writeFileSync } from "node:fs";
import { editorSchemaText } from "../src/config/editor-schema.ts";
import { exampleConfig } from "../src/config/example.ts";
import { withReference } from "../src/config/reference.ts";

const root = new URL("../", import.meta.url);
const page = new URL("docs/configuration.md", root);

writeFileSync(new URL("config.example.yaml", root), exampleConfig());
writeFileSync(new URL("docs/config.schema.json", root), editorSchemaText());
writeFileSync(page, withReference(readFileSync(page, "utf8")));
