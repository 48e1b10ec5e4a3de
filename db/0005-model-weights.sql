CREATE TABLE model_weights (
  model TEXT PRIMARY KEY REFERENCES models (name) ON UPDATE CASCADE ON DELETE CASCADE,
  data BLOB NOT NULL,                -- an encoded checkpoint at its beginning
  sha256 TEXT NOT NULL,
  source TEXT NOT NULL,              -- name of the file they came from
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
