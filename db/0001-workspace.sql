CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('tokens', 'values')),
  width INTEGER NOT NULL,
  task TEXT NOT NULL CHECK (task IN ('binary', 'multiclass', 'regression')),
  classes TEXT NOT NULL,             -- JSON array of names, in label order
  conventions TEXT,                  -- JSON {start_char, oov_char, index_from}
  vocabulary_size INTEGER NOT NULL,
  has_texts INTEGER NOT NULL CHECK (has_texts IN (0, 1)),
  train_examples INTEGER NOT NULL,
  test_examples INTEGER NOT NULL,
  longest INTEGER NOT NULL,
  hash TEXT NOT NULL,
  source TEXT NOT NULL,              -- JSON
  created_at INTEGER NOT NULL,       -- milliseconds since 1970, as everywhere
  removed_at INTEGER                 -- set: in the bin, can be restored; 0: still being written
) STRICT;
CREATE UNIQUE INDEX datasets_name ON datasets (name) WHERE removed_at IS NULL;

CREATE TABLE dataset_pieces (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split TEXT NOT NULL CHECK (split IN ('train', 'test')),
  piece INTEGER NOT NULL,
  examples INTEGER NOT NULL,
  data BLOB NOT NULL,                -- int32 ranks or float32 values, little-endian
  offsets BLOB NOT NULL,             -- uint32, examples + 1 entries, in steps
  labels BLOB NOT NULL,              -- float32
  sha256 TEXT NOT NULL,              -- over data, offsets, labels
  PRIMARY KEY (dataset_id, split, piece)
) STRICT, WITHOUT ROWID;

CREATE TABLE dataset_texts (
  dataset_id TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  split TEXT NOT NULL,
  piece INTEGER NOT NULL,
  texts BLOB NOT NULL,               -- deflated JSON array of strings
  sha256 TEXT NOT NULL,
  PRIMARY KEY (dataset_id, split, piece)
) STRICT, WITHOUT ROWID;

CREATE TABLE vocabularies (
  dataset_id TEXT PRIMARY KEY REFERENCES datasets (id) ON DELETE CASCADE,
  words BLOB NOT NULL,               -- deflated JSON array of words by rank
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
  name TEXT PRIMARY KEY,
  graph TEXT NOT NULL,               -- JSON, the shared model graph
  updated_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'paused', 'done', 'stopped', 'failed', 'interrupted')),
  model TEXT NOT NULL,
  graph TEXT NOT NULL,               -- JSON
  dataset_id TEXT NOT NULL REFERENCES datasets (id),
  dataset_hash TEXT NOT NULL,
  preprocessing TEXT NOT NULL,       -- JSON
  training TEXT NOT NULL,            -- JSON
  engine TEXT NOT NULL,
  engine_detail TEXT,
  threads INTEGER,
  machine TEXT NOT NULL,             -- JSON
  versions TEXT NOT NULL,            -- JSON
  parameters INTEGER NOT NULL,
  epochs_done INTEGER NOT NULL DEFAULT 0,
  best_epoch INTEGER,
  weights_sha256 TEXT,
  error TEXT,                        -- JSON error value
  notes TEXT NOT NULL DEFAULT '',
  pinned INTEGER NOT NULL DEFAULT 0,
  archived INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  removed_at INTEGER,
  lease_pid INTEGER,                 -- the process that trains it
  lease_token TEXT,                  -- tells two processes with one pid apart
  lease_beat_at INTEGER
) STRICT;
CREATE UNIQUE INDEX runs_name ON runs (name) WHERE removed_at IS NULL;
CREATE INDEX runs_created ON runs (created_at);

CREATE TABLE run_tags (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch_metrics (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL,            -- from 1
  logs TEXT NOT NULL,                -- JSON, by metric name
  seconds REAL NOT NULL,
  learning_rate REAL NOT NULL,
  peak_bytes INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (run_id, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_metrics (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  step INTEGER NOT NULL,             -- batches over all epochs, from 1
  logs TEXT NOT NULL,
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  which TEXT NOT NULL CHECK (which IN ('last', 'best')),
  epoch INTEGER NOT NULL,            -- complete epochs it holds
  batch INTEGER NOT NULL,            -- batches done of the next
  data BLOB NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (run_id, which)
) STRICT;

CREATE TABLE run_logs (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX run_logs_run ON run_logs (run_id, id);

CREATE TABLE evaluations (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  which TEXT NOT NULL,
  split TEXT NOT NULL,
  checkpoint_sha256 TEXT NOT NULL,   -- of the checkpoint evaluated
  loss REAL NOT NULL,
  acc REAL,
  examples INTEGER NOT NULL,
  outputs INTEGER NOT NULL,
  predictions BLOB NOT NULL,         -- float32, examples x outputs
  at INTEGER NOT NULL,
  PRIMARY KEY (run_id, which, split)
) STRICT;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL                -- JSON
) STRICT, WITHOUT ROWID;
