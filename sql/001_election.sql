-- What an election is: its questions, who stands, where and as whom people vote. From the log's events.
-- Every key begins with the election: several elections can share a database.

CREATE TABLE elections (
  id text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9._|+-]{1,64}$'),
  title text NOT NULL,
  description text,
  definition text NOT NULL CHECK (definition ~ '^[0-9a-f]{64}$'),
  partitions integer NOT NULL CHECK (partitions > 0),
  state text NOT NULL CHECK (state IN ('defined', 'open', 'closed')),
  results text NOT NULL CHECK (results IN ('hidden', 'totals', 'all')),
  k integer NOT NULL CHECK (k >= 0),
  eligible bigint NOT NULL CHECK (eligible >= 0),
  counting text NOT NULL CHECK (counting ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE elections IS 'Elections, as their events in the log say';
COMMENT ON COLUMN elections.id IS 'As the election file names it';
COMMENT ON COLUMN elections.title IS 'For people to read';
COMMENT ON COLUMN elections.description IS 'For people to read';
COMMENT ON COLUMN elections.definition IS 'SHA-256 of what was frozen when the election was defined';
COMMENT ON COLUMN elections.partitions IS 'Partitions of the ballots topic';
COMMENT ON COLUMN elections.state IS 'defined: nobody votes yet; open; closed: later ballots are late';
COMMENT ON COLUMN elections.results IS 'What is shown to the public before the close';
COMMENT ON COLUMN elections.k IS 'The smallest group shown';
COMMENT ON COLUMN elections.eligible IS 'Voting codes issued';
COMMENT ON COLUMN elections.counting IS 'SHA-256 of what else decides the count: the close, and what was excluded';

CREATE TABLE contests (
  election text NOT NULL REFERENCES elections ON DELETE CASCADE,
  id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._|+-]{1,64}$'),
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  title text NOT NULL,
  method text NOT NULL CHECK (method IN ('plurality', 'approval')),
  choose integer CHECK (choose > 0),
  PRIMARY KEY (election, id),
  UNIQUE (election, ordinal),
  CHECK (choose IS NULL OR method = 'approval')
);
COMMENT ON TABLE contests IS 'The questions on the ballot';
COMMENT ON COLUMN contests.election IS 'The election that asks';
COMMENT ON COLUMN contests.id IS 'As ballots name it';
COMMENT ON COLUMN contests.ordinal IS 'Order on the ballot, from 0';
COMMENT ON COLUMN contests.title IS 'For people to read';
COMMENT ON COLUMN contests.method IS 'How votes are counted: plurality, one name a ballot; approval, several';
COMMENT ON COLUMN contests.choose IS 'Approval: how many names a ballot may hold; null: all of them';

CREATE TABLE candidates (
  election text NOT NULL,
  contest text NOT NULL,
  id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._|+-]{1,64}$'),
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  name text NOT NULL,
  party text,
  colour text CHECK (colour ~ '^#[0-9A-Fa-f]{6}$'),
  biography text,
  platform text[],
  photo text,
  PRIMARY KEY (election, contest, id),
  UNIQUE (election, contest, ordinal),
  FOREIGN KEY (election, contest) REFERENCES contests ON DELETE CASCADE
);
COMMENT ON TABLE candidates IS 'Who stands in a contest';
COMMENT ON COLUMN candidates.election IS 'The election of the contest';
COMMENT ON COLUMN candidates.contest IS 'The contest they stand in';
COMMENT ON COLUMN candidates.id IS 'As ballots name them';
COMMENT ON COLUMN candidates.ordinal IS 'Order on the ballot, from 0';
COMMENT ON COLUMN candidates.name IS 'For people to read';
COMMENT ON COLUMN candidates.party IS 'For people to read';
COMMENT ON COLUMN candidates.colour IS 'In charts: #rrggbb';
COMMENT ON COLUMN candidates.biography IS 'For people to read';
COMMENT ON COLUMN candidates.platform IS 'What they stand for, point by point';
COMMENT ON COLUMN candidates.photo IS 'A file beside the election file, or a data: URL; never fetched';

CREATE TABLE places (
  election text NOT NULL REFERENCES elections ON DELETE CASCADE,
  id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._|+-]{1,64}$'),
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  name text NOT NULL,
  parent text,
  leaf boolean NOT NULL,
  PRIMARY KEY (election, id),
  UNIQUE (election, ordinal),
  -- Checked at the end: a place and the places in it may be written in any order.
  FOREIGN KEY (election, parent) REFERENCES places DEFERRABLE INITIALLY DEFERRED,
  CHECK (parent <> id)
);
-- Without it every place that is deleted would be looked for in all the others.
CREATE INDEX places_by_parent ON places (election, parent);
COMMENT ON TABLE places IS 'Where ballots belong: a forest, with voters in its leaves';
COMMENT ON COLUMN places.election IS 'The election that has the place';
COMMENT ON COLUMN places.id IS 'As ballots and voters name it';
COMMENT ON COLUMN places.ordinal IS 'Order in the election file, from 0; a place comes before the places in it';
COMMENT ON COLUMN places.name IS 'For people to read';
COMMENT ON COLUMN places.parent IS 'The place that it lies in; null: in none';
COMMENT ON COLUMN places.leaf IS 'Has no places in it: voters and ballots belong here';

CREATE TABLE cohorts (
  election text NOT NULL REFERENCES elections ON DELETE CASCADE,
  id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._|+-]{1,64}$'),
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
  PRIMARY KEY (election, id),
  UNIQUE (election, ordinal)
);
COMMENT ON TABLE cohorts IS 'Demographic cells: one value of each attribute';
COMMENT ON COLUMN cohorts.election IS 'The election that has the cohort';
COMMENT ON COLUMN cohorts.id IS 'The values joined by |, such as 25-34|f; the one cohort of an election without attributes is all';
COMMENT ON COLUMN cohorts.ordinal IS 'Order in the election file, from 0';
COMMENT ON COLUMN cohorts.attributes IS 'The values by attribute: {"age": "25-34", "sex": "f"}';
