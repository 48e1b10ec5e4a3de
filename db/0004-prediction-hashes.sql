-- An evaluation without it is from before hashes were kept, and is done again.
ALTER TABLE evaluations ADD COLUMN predictions_sha256 TEXT;
