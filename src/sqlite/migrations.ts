/**
 * The schema, as steps. Append only: a step that was released never changes. `user_version` counts the steps that
 * a database has seen. Times are ms since the epoch, but for `sessions.last_active`, which people's scripts read.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE conversations (
    channel_id TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- The first five columns keep the names that the documented sqlite3 lines of the Python bot use.
  CREATE TABLE sessions (
    channel_id TEXT PRIMARY KEY,
    project_name TEXT NOT NULL,
    session_id TEXT NOT NULL UNIQUE,
    message_count INTEGER NOT NULL DEFAULT 0,
    last_active TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started INTEGER NOT NULL DEFAULT 0,
    cost_usd REAL NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE past_sessions (
    session_id TEXT PRIMARY KEY,
    channel_id TEXT NOT NULL,
    project_name TEXT NOT NULL,
    message_count INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    last_active TEXT NOT NULL,
    cost_usd REAL NOT NULL,
    ended_at TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX past_sessions_by_channel ON past_sessions (channel_id, ended_at);

  CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    guild_id TEXT NOT NULL,
    project_name TEXT NOT NULL,
    message_id TEXT UNIQUE,
    author_id TEXT,
    author_name TEXT,
    prompt TEXT NOT NULL,
    state TEXT NOT NULL
      CHECK (state IN ('accepted','queued','running','delivering','answered','failed','cancelled','expired')),
    generation INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    session_id TEXT,
    accepted_at INTEGER NOT NULL,
    started_at INTEGER,
    held_until INTEGER,
    ended_at INTEGER,
    outcome TEXT CHECK (outcome IN ('answered','failed','cancelled','expired')),
    answer TEXT,
    failure_code TEXT,
    error_id TEXT,
    resets_at INTEGER,
    notes TEXT,
    cost_usd REAL,
    duration_ms INTEGER,
    num_turns INTEGER,
    input_tokens INTEGER,
    output_tokens INTEGER,
    context_tokens INTEGER,
    context_window INTEGER
  ) STRICT;
  -- Only what has not ended is looked for at run time, so the cost does not grow with the history.
  CREATE INDEX turns_open ON turns (conversation_id, sequence)
    WHERE state IN ('accepted','queued','running','delivering');
  CREATE INDEX turns_by_error ON turns (error_id) WHERE error_id IS NOT NULL;

  CREATE TABLE deliveries (
    turn_id TEXT NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    nonce TEXT NOT NULL UNIQUE,
    message_id TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (turn_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cursors (
    channel_id TEXT PRIMARY KEY,
    message_id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Daemons that died while the turn ran; the tool that was at work then; and what a person has to decide first.
  ALTER TABLE turns ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE turns ADD COLUMN open_tool TEXT;
  ALTER TABLE turns ADD COLUMN awaits TEXT CHECK (awaits IN ('restart'));
  `,
  `
  -- What came with a message besides its text (JSON), and the prompt that was made of it once all is fetched.
  CREATE TABLE turn_material (
    turn_id TEXT PRIMARY KEY REFERENCES turns (id) ON DELETE CASCADE,
    material TEXT NOT NULL,
    parts TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Files that Claude sends: they wait with their conversation until a turn ends and takes them.
  CREATE TABLE outgoing_files (
    id INTEGER PRIMARY KEY,
    conversation_id TEXT NOT NULL,
    turn_id TEXT REFERENCES turns (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outgoing_files_waiting ON outgoing_files (conversation_id) WHERE turn_id IS NULL;
  CREATE INDEX outgoing_files_by_turn ON outgoing_files (turn_id) WHERE turn_id IS NOT NULL;
  `,
  `
  -- No reference to turns: what was asked and who decided is worth keeping when a turn is not.
  CREATE TABLE prompts (
    id TEXT PRIMARY KEY,
    turn_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    tool_name TEXT NOT NULL,
    text TEXT NOT NULL,
    message_id TEXT,
    state TEXT NOT NULL
      CHECK (state IN ('open','allowed','denied','answered','timed_out','withdrawn','lost')),
    decided_by TEXT,
    opened_at INTEGER NOT NULL,
    decided_at INTEGER
  ) STRICT;
  CREATE INDEX prompts_open ON prompts (opened_at) WHERE state = 'open';

  CREATE TABLE session_grants (
    session_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('rule','directory','mode')),
    value TEXT NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (session_id, kind, value)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- A message that was edited after its turn had ended and runs again: message_id stays with its first turn.
  ALTER TABLE turns ADD COLUMN rerun_message_id TEXT;
  ALTER TABLE turns ADD COLUMN edited_at INTEGER;
  CREATE UNIQUE INDEX turns_by_edit ON turns (rerun_message_id, edited_at) WHERE rerun_message_id IS NOT NULL;
  `,
  `
  -- By age, for forgetting.
  CREATE INDEX turns_ended ON turns (ended_at) WHERE ended_at IS NOT NULL;
  `,
  `
  -- What turns took, by day (in this machine's time zone), project and person; user_id is '' for what Claude did by
  -- itself. Turns are forgotten some day, these sums are not.
  CREATE TABLE daily_usage (
    day TEXT NOT NULL,
    project_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT,
    turns INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cost_usd REAL NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    PRIMARY KEY (day, project_name, user_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO daily_usage
  SELECT date(coalesce(ended_at, started_at, accepted_at) / 1000, 'unixepoch', 'localtime'), project_name,
    coalesce(author_id, ''), max(author_name), count(*), sum(outcome = 'failed'), sum(coalesce(cost_usd, 0)),
    sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0)), sum(coalesce(duration_ms, 0))
  FROM turns WHERE outcome = 'failed' OR (outcome <> 'expired' AND cost_usd IS NOT NULL)
  GROUP BY 1, 2, 3;
  `,
  `
  -- What people call a session, and the one that it begins as a copy of. \`started\`: as in sessions.
  ALTER TABLE sessions ADD COLUMN title TEXT;
  ALTER TABLE sessions ADD COLUMN fork_of TEXT;
  ALTER TABLE past_sessions ADD COLUMN title TEXT;
  ALTER TABLE past_sessions ADD COLUMN fork_of TEXT;
  ALTER TABLE past_sessions ADD COLUMN started INTEGER NOT NULL DEFAULT 1;
  CREATE INDEX turns_by_session ON turns (session_id, sequence) WHERE session_id IS NOT NULL;
  `,
  `
  -- Where looking began, and when the threads under it were last looked at.
  ALTER TABLE cursors ADD COLUMN first_message_id TEXT;
  ALTER TABLE cursors ADD COLUMN threads_seen_at INTEGER;
  `,
  `
  -- Projects that are being added: what of them is made where, so that a crash leaves nothing unknown.
  CREATE TABLE project_additions (
    id TEXT PRIMARY KEY,
    project_name TEXT NOT NULL,
    guild_id TEXT NOT NULL,
    path TEXT NOT NULL,
    makes TEXT NOT NULL CHECK (makes IN ('clone','folder','nothing')),
    channel_name TEXT,
    channel_id TEXT,
    asked_by TEXT NOT NULL,
    asked_in TEXT NOT NULL,
    started_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the daemon says of itself, for a shell that asks how it is.
  CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    pid INTEGER NOT NULL,
    version TEXT NOT NULL,
    claude_version TEXT,
    bot TEXT,
    state TEXT NOT NULL CHECK (state IN ('starting','connected','disconnected','stopping','stopped')),
    started_at INTEGER NOT NULL,
    since INTEGER NOT NULL,
    beat_at INTEGER NOT NULL,
    agents_busy INTEGER NOT NULL,
    agents_idle INTEGER NOT NULL,
    agents_waiting INTEGER NOT NULL,
    max_agents INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- The latest first, without sorting thousands at each look.
  CREATE INDEX sessions_by_activity ON sessions (last_active);
  `,
  `
  -- What administrators are told once: active while it stands, told once the channel has its beginning.
  CREATE TABLE alerts (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    facts TEXT NOT NULL,
    active INTEGER NOT NULL,
    told INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;

  -- Each start of the daemon; one without an end did not stop by itself.
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    error_id TEXT
  ) STRICT;
  `,
  `
  -- The thread in which a turn was asked whose conversation is its channel's; NULL for all others.
  ALTER TABLE turns ADD COLUMN asked_in TEXT;
  CREATE INDEX turns_asked_in ON turns (asked_in) WHERE asked_in IS NOT NULL;
  `,
  `
  -- What holds a turn back until held_until.
  ALTER TABLE turns ADD COLUMN held_by TEXT;
  UPDATE turns SET held_by = 'usage_limit' WHERE held_until IS NOT NULL;

  -- On which days an administrator let a project run on, though its budget was used up.
  CREATE TABLE budget_releases (
    day TEXT NOT NULL,
    project_name TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (day, project_name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The working copies of threads. \`made\` 0: it is being made; \`offered\`: whether its removal was.
  CREATE TABLE worktrees (
    thread_id TEXT PRIMARY KEY,
    project_name TEXT NOT NULL,
    project_dir TEXT NOT NULL,
    path TEXT NOT NULL,
    directory TEXT NOT NULL,
    branch TEXT NOT NULL,
    made INTEGER NOT NULL DEFAULT 0,
    thread_deleted INTEGER NOT NULL DEFAULT 0,
    offered INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What is asked of the history for one person must not read all of it.
  CREATE INDEX turns_by_conversation ON turns (conversation_id, sequence);
  CREATE INDEX turns_failed ON turns (sequence) WHERE error_id IS NOT NULL;
  CREATE INDEX deliveries_by_message ON deliveries (message_id) WHERE message_id IS NOT NULL;
  CREATE INDEX prompts_by_message ON prompts (message_id) WHERE message_id IS NOT NULL;
  `,
];
