-- An answer is a kilobyte or two of JSON: packed the quick way it stays in its row.
ALTER TABLE gateway.ingestion ALTER COLUMN answer SET COMPRESSION lz4;
