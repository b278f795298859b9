import type { ErrorCode } from "yaml";
import type { ConfigDocument } from "./document.ts";
import type { Findings } from "./findings.ts";

/** The parser's own sentences are for people who know its grammar; these are the slips that people make. */
const SLIPS: Partial<Record<ErrorCode, { message: string; advice?: string }>> = {
  TAB_AS_INDENT: { message: "a tab at the start of the line", advice: "YAML is indented with spaces." },
  BAD_INDENT: {
    message: "this line does not stand under the ones above",
    advice: "Keys of one level start in the same column.",
  },
  DUPLICATE_KEY: { message: "this key is there twice", advice: "Keep one of them." },
  MULTIPLE_DOCS: { message: "a second document starts here", advice: "Remove the line `---`." },
  BLOCK_AS_IMPLICIT_KEY: {
    message: "a key in a place where its value should be",
    advice: "Text with a colon and a space in it belongs in quotes.",
  },
  BAD_ALIAS: {
    message: "this is an alias, but nothing good follows the `*`",
    advice: "Text that starts with * belongs in quotes.",
  },
};

/** Reports what is not YAML, and warns of what the parser only shrugs at. */
export function reportSyntax({ file, yaml, placeAt }: ConfigDocument, findings: Findings): void {
  for (const error of yaml.errors) {
    const slip = SLIPS[error.code];
    findings.problems.push({
      source: file,
      place: placeAt(error.pos[0]),
      key: "",
      message: `not valid YAML: ${slip?.message ?? lowerFirst(error.message)}`,
      advice: slip?.advice,
    });
  }
  for (const warning of yaml.warnings) {
    findings.warnings.push({
      source: file,
      place: placeAt(warning.pos[0]),
      key: "",
      message: lowerFirst(warning.message),
      advice: undefined,
    });
  }
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
