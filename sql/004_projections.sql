-- How far each topic of the log is in these tables. Written with the rows, in one transaction.

CREATE TABLE projections (
  election text NOT NULL,
  topic text NOT NULL CHECK (topic IN ('events', 'voters', 'results')),
  partition integer NOT NULL CHECK (partition >= 0),
  topic_id text NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  PRIMARY KEY (election, topic, partition)
);
COMMENT ON TABLE projections IS 'How far the log is in this database';
COMMENT ON COLUMN projections.topic_id IS 'Identity of the topic in the log: another one means that the log was replaced';
COMMENT ON COLUMN projections.position IS 'Offset of the next record to read';
