-- Of a version that has just come in the planner may know nothing yet, and took this index where it
-- looked for one prefix: all of the version was read for each.
DROP INDEX "rate_version_id_id_idx";
