-- The roll. A voter has no voting code and no serial here, and a ballot has no name: nothing in this database, alone
-- or joined, says how a person voted.

CREATE TABLE voters (
  election text NOT NULL,
  registration_number text NOT NULL CHECK (registration_number <> ''),
  source text NOT NULL CHECK (source <> ''),
  source_index bigint NOT NULL CHECK (source_index >= 0),
  place text NOT NULL,
  cohort text NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  date_of_birth date,
  gender text,
  nationality text,
  street text,
  city text,
  state text,
  country text,
  postcode text,
  email text,
  phone text,
  mobile text,
  picture text,
  registered_age smallint CHECK (registered_age BETWEEN 0 AND 150),
  -- There is no other index: counts by place or age read every voter anyway, and each one more slows the loading.
  PRIMARY KEY (election, registration_number),
  -- A registration that was written to the log twice is the same person.
  UNIQUE (election, source, source_index),
  -- Without CASCADE: voters are deleted all together, before their places.
  FOREIGN KEY (election, place) REFERENCES places,
  FOREIGN KEY (election, cohort) REFERENCES cohorts
);
COMMENT ON TABLE voters IS 'Registered voters: personal data, which lives here and in the voters topic, nowhere else';
COMMENT ON COLUMN voters.election IS 'The election they are registered for';
COMMENT ON COLUMN voters.registration_number IS 'As the roll has it; no voting code, and no part of one';
COMMENT ON COLUMN voters.source IS 'Where the person comes from: a roll file, or people:SEED';
COMMENT ON COLUMN voters.source_index IS 'The number of the person in the source, from 0';
COMMENT ON COLUMN voters.place IS 'Where they vote: a leaf of places';
COMMENT ON COLUMN voters.cohort IS 'Their demographic cell';
COMMENT ON COLUMN voters.name IS 'The whole name, as one writes it';
COMMENT ON COLUMN voters.date_of_birth IS 'Null: the roll does not say; so with all that follows';
COMMENT ON COLUMN voters.gender IS 'As the roll has it';
COMMENT ON COLUMN voters.nationality IS 'As the roll has it';
COMMENT ON COLUMN voters.street IS 'Of the address: street and number';
COMMENT ON COLUMN voters.city IS 'Of the address';
COMMENT ON COLUMN voters.state IS 'Of the address: state, county or the like';
COMMENT ON COLUMN voters.country IS 'Of the address';
COMMENT ON COLUMN voters.postcode IS 'Of the address; text, as it may begin with 0';
COMMENT ON COLUMN voters.email IS 'As the roll has it; invented people have one that reaches nobody';
COMMENT ON COLUMN voters.phone IS 'As the roll has it; invented people have one that reaches nobody';
COMMENT ON COLUMN voters.mobile IS 'As the roll has it; invented people have one that reaches nobody';
COMMENT ON COLUMN voters.picture IS 'A path or data: URL; never fetched';
COMMENT ON COLUMN voters.registered_age IS 'Whole years on the day of the election';
