-- Whether the words of an entry are as they were when it was filed. Then the words that its process keeps in memory are those to be
-- indexed; else they are made anew from what is stored.
ALTER TABLE unindexed ADD COLUMN is_fresh INTEGER NOT NULL DEFAULT 0;
