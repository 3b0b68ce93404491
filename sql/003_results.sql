-- The newest report, as far as the election's policy lets it be shown: the voters are beside it, so a group of one is
-- never alone in a row. Breakdown * with value * is everything together; breakdown place has values such as US-CA,
-- inner places too; a value such as US-AK + US-WY is a merged row of small groups.

CREATE TABLE reports (
  election text PRIMARY KEY REFERENCES elections ON DELETE CASCADE,
  at timestamptz NOT NULL,
  status text NOT NULL,
  position text NOT NULL,
  hash text CHECK (hash ~ '^[0-9a-f]{64}$'),
  eligible bigint NOT NULL,
  lines bigint NOT NULL,
  counted bigint NOT NULL,
  repeat bigint NOT NULL,
  invalid bigint NOT NULL,
  late bigint NOT NULL,
  excluded bigint NOT NULL,
  CHECK (lines = counted + repeat + invalid + late + excluded),
  CHECK (counted BETWEEN 0 AND eligible)
);
COMMENT ON TABLE reports IS 'The newest report of each election';
COMMENT ON COLUMN reports.status IS 'As in NIST SP 1500-100: pre-election, unofficial-partial, unofficial-complete';
COMMENT ON COLUMN reports.position IS 'How far each partition of the log had been read';
COMMENT ON COLUMN reports.hash IS 'SHA-256 of the counts, the same on every engine; null when some are held back, since they could be guessed by it';
COMMENT ON COLUMN reports.lines IS 'Ballot lines read; each has one outcome, counted to excluded';

CREATE TABLE turnout (
  election text NOT NULL REFERENCES elections ON DELETE CASCADE,
  breakdown text NOT NULL,
  value text NOT NULL,
  eligible bigint NOT NULL,
  counted bigint,
  PRIMARY KEY (election, breakdown, value),
  CHECK (counted BETWEEN 0 AND eligible)
);
COMMENT ON TABLE turnout IS 'Voting codes issued and ballots counted, by group';
COMMENT ON COLUMN turnout.counted IS 'Null: held back, the group is too small to be shown';

CREATE TABLE contest_counts (
  election text NOT NULL,
  contest text NOT NULL,
  breakdown text NOT NULL,
  value text NOT NULL,
  valid bigint NOT NULL CHECK (valid >= 0),
  blank bigint NOT NULL CHECK (blank >= 0),
  rejected bigint NOT NULL CHECK (rejected >= 0),
  PRIMARY KEY (election, contest, breakdown, value),
  FOREIGN KEY (election, contest) REFERENCES contests ON DELETE CASCADE
);
COMMENT ON TABLE contest_counts IS 'What the counted ballots of a group were worth in a contest';
COMMENT ON COLUMN contest_counts.rejected IS 'Refused by the rules of the method: too many names, an unknown name, a name twice';

CREATE TABLE results (
  election text NOT NULL,
  contest text NOT NULL,
  breakdown text NOT NULL,
  value text NOT NULL,
  candidate text NOT NULL,
  votes bigint NOT NULL CHECK (votes >= 0),
  PRIMARY KEY (election, contest, breakdown, value, candidate),
  FOREIGN KEY (election, contest, candidate) REFERENCES candidates ON DELETE CASCADE
)
-- Votes change every second and stand in no index: room in the page lets a row change in place.
WITH (fillfactor = 70);
COMMENT ON TABLE results IS 'Votes by candidate and group';
