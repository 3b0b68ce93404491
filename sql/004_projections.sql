-- How far each topic of the log is in these tables. Written with the rows, in one transaction, and before them: whoever
-- wants to write waits for this row first, whatever it then writes.

CREATE TABLE projections (
  election text NOT NULL,
  topic text NOT NULL CHECK (topic IN ('events', 'voters', 'results')),
  partition integer NOT NULL CHECK (partition >= 0),
  topic_id text NOT NULL,
  position bigint NOT NULL CHECK (position >= 0),
  PRIMARY KEY (election, topic, partition)
);
COMMENT ON TABLE projections IS 'How far the log is in this database';
COMMENT ON COLUMN projections.election IS 'The election that the topic is of';
COMMENT ON COLUMN projections.topic IS 'Which of its topics';
COMMENT ON COLUMN projections.partition IS 'Which partition of the topic';
COMMENT ON COLUMN projections.topic_id IS 'Identity of the topic in the log: another one means that the log was replaced';
COMMENT ON COLUMN projections.position IS 'Offset of the next record to read';
