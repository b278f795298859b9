export { turnEndText } from "../../core/history/session-markdown.ts";
