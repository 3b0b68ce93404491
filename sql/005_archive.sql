-- The counted ballots of an election that is closed, written on request (`livetally archive`) and made for questions that
-- results cannot answer: what those who voted for one in this contest chose in that one. The voters are beside it, so
-- it holds nothing by which a ballot could be told from its equals: no serial, no offset, no time, no order of arrival,
-- nothing that was rejected, no name that nobody bears. Ballots stand in groups that are rows of one breakdown as
-- results show it; equal ballots of a group are one row, if they are enough; of all others only the sums are kept.
-- Ten, and the election's k where that is more, are enough: the checks hold to the ten.

CREATE TABLE archives (
  election text PRIMARY KEY REFERENCES elections ON DELETE CASCADE,
  counting text NOT NULL CHECK (counting ~ '^[0-9a-f]{64}$'),
  position text NOT NULL,
  breakdown text NOT NULL,
  least integer NOT NULL CHECK (least >= 10)
);
COMMENT ON TABLE archives IS 'The archive of each election that has one';
COMMENT ON COLUMN archives.election IS 'The election';
COMMENT ON COLUMN archives.counting IS 'As in elections: an archive is deleted when it changes';
COMMENT ON COLUMN archives.position IS 'Of the report that the archive adds up to';
COMMENT ON COLUMN archives.breakdown IS 'Whose rows the groups are; *: all ballots are one group';
COMMENT ON COLUMN archives.least IS 'The fewest equal ballots that are kept whole: the k of the election, or 10 if that is more';

CREATE TABLE archived_groups (
  election text NOT NULL REFERENCES archives ON DELETE CASCADE,
  value text NOT NULL,
  counted bigint NOT NULL CHECK (counted >= 0),
  PRIMARY KEY (election, value),
  CHECK (counted >= 10 OR value = '*')
);
COMMENT ON TABLE archived_groups IS 'Groups of ballots: each counted ballot is in one';
COMMENT ON COLUMN archived_groups.election IS 'The election of the archive';
COMMENT ON COLUMN archived_groups.value IS 'As in turnout, for the breakdown of the archive; held back: all that have no row of their own there';
COMMENT ON COLUMN archived_groups.counted IS 'Ballots counted';

CREATE TABLE archived_ballots (
  election text NOT NULL,
  value text NOT NULL,
  -- Of the choices, which are too long for an index.
  digest text GENERATED ALWAYS AS (md5(choices::text)) STORED,
  choices jsonb NOT NULL CHECK (jsonb_typeof(choices) = 'object'),
  ballots bigint NOT NULL CHECK (ballots >= 10),
  PRIMARY KEY (election, value, digest),
  FOREIGN KEY (election, value) REFERENCES archived_groups ON DELETE CASCADE
);
COMMENT ON TABLE archived_ballots IS 'Ballots that enough of a group have cast alike, and how many';
COMMENT ON COLUMN archived_ballots.election IS 'The election of the archive';
COMMENT ON COLUMN archived_ballots.value IS 'The group';
COMMENT ON COLUMN archived_ballots.digest IS 'MD5 of the choices';
COMMENT ON COLUMN archived_ballots.choices IS 'By contest the names voted for, in the order of the candidates: {"mayor": ["ann"], "parks": []}; empty: blank; null: rejected';
COMMENT ON COLUMN archived_ballots.ballots IS 'How many ballots of the group say just that';

CREATE TABLE archived_rest (
  election text NOT NULL,
  value text NOT NULL,
  contest text NOT NULL,
  valid bigint NOT NULL CHECK (valid >= 0),
  blank bigint NOT NULL CHECK (blank >= 0),
  rejected bigint NOT NULL CHECK (rejected >= 0),
  PRIMARY KEY (election, value, contest),
  FOREIGN KEY (election, value) REFERENCES archived_groups ON DELETE CASCADE,
  FOREIGN KEY (election, contest) REFERENCES contests ON DELETE CASCADE,
  CHECK (valid + blank + rejected >= 10 OR value = '*')
);
COMMENT ON TABLE archived_rest IS 'What all other ballots of a group were worth in a contest; groups without others have no row';
COMMENT ON COLUMN archived_rest.election IS 'The election of the archive';
COMMENT ON COLUMN archived_rest.value IS 'The group';
COMMENT ON COLUMN archived_rest.contest IS 'The contest';
COMMENT ON COLUMN archived_rest.valid IS 'Ballots that gave votes';
COMMENT ON COLUMN archived_rest.blank IS 'Ballots without a name in this contest';
COMMENT ON COLUMN archived_rest.rejected IS 'Refused by the rules of the method';

CREATE TABLE archived_rest_votes (
  election text NOT NULL,
  value text NOT NULL,
  contest text NOT NULL,
  candidate text NOT NULL,
  votes bigint NOT NULL CHECK (votes >= 0),
  PRIMARY KEY (election, value, contest, candidate),
  FOREIGN KEY (election, value, contest) REFERENCES archived_rest ON DELETE CASCADE,
  FOREIGN KEY (election, contest, candidate) REFERENCES candidates ON DELETE CASCADE
);
COMMENT ON TABLE archived_rest_votes IS 'Votes of all other ballots of a group, by candidate';
COMMENT ON COLUMN archived_rest_votes.election IS 'The election of the archive';
COMMENT ON COLUMN archived_rest_votes.value IS 'The group';
COMMENT ON COLUMN archived_rest_votes.contest IS 'The contest';
COMMENT ON COLUMN archived_rest_votes.candidate IS 'Whom the votes are for';
COMMENT ON COLUMN archived_rest_votes.votes IS 'How many';
