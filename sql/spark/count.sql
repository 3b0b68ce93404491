-- How ballots are counted on a Spark cluster: four statements, each over frames that its comment names.
-- The words in {{braces}} are filled in from the election (src/adapters/spark/count-sql.ts); `livetally tally --explain`
-- prints the result. Nothing in here may throw, whatever a line holds: one failed expression ends the query for good.

-- ## lines: every ballot line, and every record, with what becomes of it
-- Frames: `records` (partition, offset, value) of `ballots`; `events` (offset, value). One row a line (i = 1 …), and one a
-- record (i = 0) that knows how many lines it has. `id` is the serial of a ballot that may count, so that the first row of an
-- id is its first ballot; everything else gets a negative id of its own.
WITH roll AS (
  SELECT extent, min(place) AS place, min(cohort) AS cohort, max(issued) AS issued
  FROM (
    SELECT place, cohort, extent, least(first + count - extent * 1024, 1024) AS issued
    FROM (
      SELECT try_cast(get(run, 0) AS BIGINT) AS first, try_cast(get(run, 1) AS BIGINT) AS count, get(run, 2) AS place, get(run, 3) AS cohort
      FROM (
        SELECT explode(event.runs) AS run
        FROM (
          SELECT offset, from_json(CAST(value AS STRING), 'type STRING, at BIGINT, runs ARRAY<ARRAY<STRING>>') AS event
          FROM events
          WHERE contains(CAST(value AS STRING), '"issued"')
        )
        -- one that stands elsewhere is void
        WHERE event.type = 'issued' AND event.at = offset
      )
    )
    LATERAL VIEW explode(sequence(shiftright(first, 10), shiftright(first + count - 1, 10))) AS extent
  )
  GROUP BY extent
),
-- a record ends with a line feed or without one; an empty record has no line
texts AS (
  SELECT partition, offset, split(coalesce(CAST(value AS STRING), ''), '\n', -1) AS texts FROM records
),
-- counted here, so that the rows of its lines need not carry the record
sizes AS (
  SELECT partition, offset, texts, size(texts) - if(element_at(texts, -1) = '', 1, 0) AS lines FROM texts
),
cut AS (
  SELECT partition, offset, lines, concat(array(CAST(NULL AS STRING)), slice(texts, 1, lines)) AS texts FROM sizes
),
each AS (
  SELECT partition, offset, lines, posexplode(texts) AS (i, line) FROM cut
),
parsed AS (
  SELECT partition, offset, i, if(i = 0, CAST(lines AS BIGINT), 0L) AS lines,
    from_json(if(line RLIKE r'{{grammar}}', line, NULL),
      'serial BIGINT, place STRING, cohort STRING, choices MAP<STRING, ARRAY<STRING>>', map('mode', 'PERMISSIVE')) AS ballot
  FROM each
),
-- The hint decides more than speed: only a broadcast leaves the lines of a partition in their order.
owned AS (
  SELECT /*+ BROADCAST(roll) */ parsed.*, roll.place AS ownPlace, roll.cohort AS ownCohort, roll.issued
  FROM parsed LEFT JOIN roll ON shiftright(parsed.ballot.serial, 10) = roll.extent
),
-- the rules of src/election/decide.ts, in their order; whether a serial is spent comes later
judged AS (
  SELECT *, CASE
      WHEN i = 0 THEN 'record'
      WHEN {{excludedRange}} THEN 'excluded'
      WHEN {{late}} THEN 'late'
      WHEN ballot.serial IS NULL THEN 'form'
      WHEN ballot.serial % {{partitions}} <> partition THEN 'partition'
      WHEN issued IS NULL OR ballot.serial % 1024 >= issued THEN 'unissued'
      WHEN ballot.place <> ownPlace OR ballot.cohort <> ownCohort THEN 'unit'
      WHEN {{excludedSerial}} THEN 'excluded'
      ELSE 'counted'
    END AS outcome
  FROM owned
)
SELECT partition, offset, i, lines, outcome,
  if(outcome = 'counted', ballot.serial, -1L - ((CAST(partition AS BIGINT) * {{offsets}}L + offset) * {{lineNumbers}}L + i)) AS id,
  if(outcome = 'counted', ballot.place, NULL) AS place,
  if(outcome = 'counted', ballot.cohort, NULL) AS cohort,
  if(outcome = 'counted', {{lists}}, NULL) AS lists,
  if(outcome = 'counted', {{strays}}, 0L) AS strays
FROM judged

-- ## first: the first ballot of each serial by its place in the log, and how many came after it
-- Frame: `lines`. For a count up to a position; a count that follows the log drops what comes later as it comes.
SELECT partition, offset, i, lines, id,
  if(isRepeat, 'repeat', outcome) AS outcome,
  if(isRepeat, NULL, place) AS place, if(isRepeat, NULL, cohort) AS cohort, if(isRepeat, NULL, lists) AS lists, if(isRepeat, 0L, strays) AS strays
FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY offset, i) > 1 AS isRepeat FROM lines)

-- ## cells: what each partition has counted, by contest, breakdown and choice list
-- Frame: `ballots`, of lines each with its outcome. The rows without a contest are about ballots: without a breakdown, the
-- ledger of the partition; with one, its turnout. Breakdowns are summed apart, none from another.
SELECT partition, contest, breakdown, value, list, n,
  if(isLedger, lines, NULL) AS lines, if(isLedger, position, NULL) AS position, if(isLedger, strays, NULL) AS strays,
  if(isLedger, spent, NULL) AS spent, {{ledgerOutcomes}}
FROM (
  SELECT *, contest IS NULL AND breakdown = '*' AS isLedger
  FROM (
    SELECT partition, contest, list, {{breakdown}} AS breakdown, {{value}} AS value,
      sum(n) AS n, sum(lines) AS lines, max(position) AS position, sum(strays) AS strays, sum(spent) AS spent, {{sumOutcomes}}
    FROM (
      SELECT partition, cell.contest AS contest, cell.list AS list{{values}},
        if(outcome = 'counted', 1L, 0L) AS n,
        {{outcomes}},
        if(cell.contest IS NULL, lines, 0L) AS lines,
        if(cell.contest IS NULL AND i = 0, offset + 1, 0L) AS position,
        if(cell.contest IS NULL, strays, 0L) AS strays,
        if(cell.contest IS NULL AND id >= 0 AND outcome <> 'repeat', 1L, 0L) AS spent
      FROM (
        SELECT *, explode(concat(array(named_struct('contest', CAST(NULL AS STRING), 'list', CAST(NULL AS STRING))), coalesce(lists, array()))) AS cell
        FROM ballots
      )
    )
    GROUP BY GROUPING SETS ({{groupingSets}})
  )
)
WHERE breakdown = '*' OR value IS NOT NULL

-- ## records: the cells as records of `tallies`: a key for each cell, the newest count behind it
-- Frame: `cells`. The ledger of a partition is one record, so that it is never there in part.
SELECT concat_ws('\t', {{run}}, CAST(partition AS STRING), coalesce(contest, ''), breakdown, value, coalesce(list, '')) AS key,
  if(lines IS NULL, to_json(struct(n)), to_json(named_struct({{ledger}}))) AS value
FROM cells
