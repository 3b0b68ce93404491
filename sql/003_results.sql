-- The newest report, as far as the election's policy lets it be shown: the voters are beside it, so a group of one is
-- never alone in a row. Breakdown * with value * is everything together; breakdown place has values such as US-CA,
-- inner places too; a value such as US-AK + US-WY is a merged row of small groups.

CREATE TABLE reports (
  election text PRIMARY KEY REFERENCES elections ON DELETE CASCADE,
  at timestamptz NOT NULL,
  status text NOT NULL CHECK (status IN ('pre-election', 'unofficial-partial', 'unofficial-complete')),
  position text NOT NULL,
  hash text CHECK (hash ~ '^[0-9a-f]{64}$'),
  eligible bigint NOT NULL,
  lines bigint NOT NULL,
  counted bigint NOT NULL,
  repeat bigint NOT NULL CHECK (repeat >= 0),
  invalid bigint NOT NULL CHECK (invalid >= 0),
  late bigint NOT NULL CHECK (late >= 0),
  excluded bigint NOT NULL CHECK (excluded >= 0),
  CHECK (lines = counted + repeat + invalid + late + excluded),
  CHECK (counted BETWEEN 0 AND eligible)
);
COMMENT ON TABLE reports IS 'The newest report of each election';
COMMENT ON COLUMN reports.election IS 'The election that it is about';
COMMENT ON COLUMN reports.at IS 'When it was made';
COMMENT ON COLUMN reports.status IS 'As in NIST SP 1500-100: pre-election, unofficial-partial, unofficial-complete';
COMMENT ON COLUMN reports.position IS 'How far each partition of the log had been read';
COMMENT ON COLUMN reports.hash IS 'SHA-256 of the counts, the same on every engine; null when some are held back, since they could be guessed by it';
COMMENT ON COLUMN reports.eligible IS 'Voting codes issued';
COMMENT ON COLUMN reports.lines IS 'Ballot lines read; each has one outcome, counted to excluded';
COMMENT ON COLUMN reports.counted IS 'Lines that are the first valid ballot of their voting code';
COMMENT ON COLUMN reports.repeat IS 'Lines of a voting code that was counted already';
COMMENT ON COLUMN reports.invalid IS 'Lines that are no ballot of a voting code that was issued';
COMMENT ON COLUMN reports.late IS 'Lines after the close';
COMMENT ON COLUMN reports.excluded IS 'Lines that were taken out of the count';

CREATE TABLE turnout (
  election text NOT NULL REFERENCES elections ON DELETE CASCADE,
  breakdown text NOT NULL,
  value text NOT NULL,
  eligible bigint NOT NULL CHECK (eligible >= 0),
  counted bigint,
  PRIMARY KEY (election, breakdown, value),
  CHECK (counted BETWEEN 0 AND eligible)
);
COMMENT ON TABLE turnout IS 'Voting codes issued and ballots counted, by group';
COMMENT ON COLUMN turnout.election IS 'The election that it is about';
COMMENT ON COLUMN turnout.breakdown IS 'By what people are grouped: *, place, cohort, an attribute, or several joined by /';
COMMENT ON COLUMN turnout.value IS 'The group';
COMMENT ON COLUMN turnout.eligible IS 'Voting codes issued to the group';
COMMENT ON COLUMN turnout.counted IS 'Ballots counted; null: held back, the group is too small to be shown';

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
COMMENT ON COLUMN contest_counts.election IS 'The election of the contest';
COMMENT ON COLUMN contest_counts.contest IS 'The contest';
COMMENT ON COLUMN contest_counts.breakdown IS 'As in turnout';
COMMENT ON COLUMN contest_counts.value IS 'As in turnout';
COMMENT ON COLUMN contest_counts.valid IS 'Ballots that gave votes';
COMMENT ON COLUMN contest_counts.blank IS 'Ballots without a name in this contest';
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
COMMENT ON COLUMN results.election IS 'The election of the contest';
COMMENT ON COLUMN results.contest IS 'The contest';
COMMENT ON COLUMN results.breakdown IS 'As in turnout';
COMMENT ON COLUMN results.value IS 'As in turnout';
COMMENT ON COLUMN results.candidate IS 'Whom the votes are for';
COMMENT ON COLUMN results.votes IS 'How many; with approval a ballot gives one to each name in it';
