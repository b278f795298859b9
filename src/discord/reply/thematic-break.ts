const THEMATIC_BREAK = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;

/** Whether a line is a rule across the page; where it could also begin a list item, it does not. */
export function isThematicBreak(line: string): boolean {
  return THEMATIC_BREAK.test(line);
}
