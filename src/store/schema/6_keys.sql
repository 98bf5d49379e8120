-- Whose keys belong to this database: the installation's name, and the fingerprints of its keys. NULL until they are known.
ALTER TABLE process ADD COLUMN instance TEXT;
ALTER TABLE process ADD COLUMN fingerprints TEXT; -- separated by spaces
