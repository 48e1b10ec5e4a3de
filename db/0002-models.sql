ALTER TABLE models ADD COLUMN template INTEGER NOT NULL DEFAULT 0 CHECK (template IN (0, 1)); -- 1: begun from, not opened
ALTER TABLE models ADD COLUMN description TEXT NOT NULL DEFAULT '';

CREATE TABLE model_revisions (
  model TEXT NOT NULL REFERENCES models (name) ON UPDATE CASCADE ON DELETE CASCADE,
  revision INTEGER NOT NULL,         -- from 1
  graph TEXT NOT NULL,               -- JSON, the shared model graph
  created_at INTEGER NOT NULL,
  PRIMARY KEY (model, revision)
) STRICT, WITHOUT ROWID;
INSERT INTO model_revisions (model, revision, graph, created_at) SELECT name, 1, graph, updated_at FROM models;

CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  model TEXT REFERENCES models (name) ON UPDATE CASCADE ON DELETE SET NULL, -- null: never saved
  graph TEXT NOT NULL,               -- JSON, as it is after the steps that are done
  steps_done INTEGER NOT NULL,       -- the others are undone
  version INTEGER NOT NULL,          -- grows with every write, so that two windows notice each other
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX drafts_model ON drafts (model);

CREATE TABLE draft_steps (
  draft_id TEXT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
  place INTEGER NOT NULL,            -- from 0, in the order they were done
  label TEXT NOT NULL,
  diff TEXT NOT NULL,                -- JSON, the shared reversible diff
  PRIMARY KEY (draft_id, place)
) STRICT, WITHOUT ROWID;
