ALTER TABLE runs ADD COLUMN parent TEXT;              -- JSON {run, name, checkpoint, epoch}: what it continues
ALTER TABLE runs ADD COLUMN sweep TEXT;               -- the paired experiment it is part of
ALTER TABLE runs ADD COLUMN colour INTEGER NOT NULL DEFAULT 1; -- 1 to 8, the same on every screen
ALTER TABLE runs ADD COLUMN seconds_per_epoch REAL;
ALTER TABLE runs ADD COLUMN peak_bytes INTEGER;
ALTER TABLE runs ADD COLUMN epochs INTEGER GENERATED ALWAYS AS (json_extract(training, '$.epochs')) VIRTUAL;

-- Colours as the list gave them so far; runs without one take their turn.
UPDATE runs SET colour = coalesce(
  (SELECT value FROM json_each((SELECT value FROM settings WHERE key = 'runColours')) WHERE key = runs.id),
  (SELECT count(*) % 8 + 1 FROM runs AS older
   WHERE (older.created_at, older.rowid) < (runs.created_at, runs.rowid)));
DELETE FROM settings WHERE key = 'runColours';

UPDATE runs SET (seconds_per_epoch, peak_bytes) =
  (SELECT avg(seconds), max(peak_bytes) FROM epoch_metrics WHERE run_id = runs.id);

-- Everything the list shows of a run's metrics, kept with every epoch, so that no list reads curves.
CREATE TABLE run_metrics (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  last REAL,                         -- null: not a number
  lowest REAL,
  lowest_epoch INTEGER,              -- the first that reached it
  highest REAL,
  highest_epoch INTEGER,
  PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO run_metrics (run_id, name, last, lowest, lowest_epoch, highest, highest_epoch)
WITH points AS (SELECT run_id, epoch, key AS name, value FROM epoch_metrics, json_each(logs))
SELECT DISTINCT run_id, name,
  first_value(value) OVER newest,
  first_value(value) OVER rising, CASE WHEN first_value(value) OVER rising IS NOT NULL THEN first_value(epoch) OVER rising END,
  first_value(value) OVER falling, CASE WHEN first_value(value) OVER falling IS NOT NULL THEN first_value(epoch) OVER falling END
FROM points
WINDOW newest AS (PARTITION BY run_id, name ORDER BY epoch DESC),
  rising AS (PARTITION BY run_id, name ORDER BY value ASC NULLS LAST, epoch),
  falling AS (PARTITION BY run_id, name ORDER BY value DESC NULLS LAST, epoch);

-- Holds every column of the list: it is read from here, without the graphs and settings beside them.
CREATE INDEX runs_listed ON runs (
  created_at DESC, id, name, status, model, dataset_id, engine, epochs, parameters, epochs_done, best_epoch,
  seconds_per_epoch, peak_bytes, colour, pinned, archived, sweep, started_at, ended_at
) WHERE removed_at IS NULL;
CREATE INDEX runs_noted ON runs (id) WHERE removed_at IS NULL AND notes <> '';
