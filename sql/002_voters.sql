-- The roll. A voter has no voting code and no serial here, and a ballot has no name: nothing in this database, alone
-- or joined, says how a person voted.

CREATE TABLE voters (
  election text NOT NULL,
  registration_number text NOT NULL CHECK (registration_number <> ''),
  source text NOT NULL,
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
  PRIMARY KEY (election, registration_number),
  -- A registration that was written to the log twice is the same person.
  UNIQUE (election, source, source_index),
  FOREIGN KEY (election, place) REFERENCES places,
  FOREIGN KEY (election, cohort) REFERENCES cohorts
);
COMMENT ON TABLE voters IS 'Registered voters: personal data, which lives here and in the voters topic, nowhere else';
COMMENT ON COLUMN voters.source IS 'Where the person comes from: a roll file, or people:SEED';
COMMENT ON COLUMN voters.source_index IS 'The number of the person in the source, from 0';
COMMENT ON COLUMN voters.picture IS 'A path or data: URL; never fetched';
COMMENT ON COLUMN voters.registered_age IS 'Whole years on the day of the election';
