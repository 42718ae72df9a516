-- Under row-level security the planner uses an index only for operators that reveal nothing of other rows.
-- These reveal nothing but are not marked so; without the marks a search reads every row of the workspace.
-- The marks are not in a dump: they are set again at each start, in template1 for the databases to come.
ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF;
ALTER FUNCTION pg_catalog.texticlike(text, text) LEAKPROOF;
ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
