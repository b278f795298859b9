export { turnEndText } from "../../core/session-markdown.ts";
