/*
 * The turns that have not ended: `SELECT … FROM ${OPEN_TURNS} WHERE ${IS_OPEN} AND …`. SQLite uses the index of just
 * these where a query has the very words of its condition, and refuses to prepare one that could not use it: what is
 * asked for each message must not become slower with the history.
 */
export const OPEN_TURNS = "turns INDEXED BY turns_open";
export const IS_OPEN = "state IN ('accepted','queued','running','delivering')";
