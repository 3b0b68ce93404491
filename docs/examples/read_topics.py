# The votes of a contest, counted from the topics: python read_topics.py BROKERS ELECTION CONTEST
import collections, json, kafka, re, sys

brokers, election, contest = sys.argv[1:]
read = lambda topic: kafka.KafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest", consumer_timeout_ms=5000)
# an issue that stands elsewhere than it says hands out nothing
issues = [issue for event in read(f"livetally.{election}.events") if (issue := json.loads(event.value)).get("at") == event.offset]
# how the ballot of each serial issued begins: the first line that begins so counts, and is struck off
heads = {'"serial":%d,"place":"%s","cohort":"%s"' % (first + n, *unit): 1 for i in issues for first, count, *unit in i["runs"] for n in range(count)}
votes = collections.Counter()
for record in read(f"livetally.{election}.ballots"):
    for head, choices in re.findall('^{(.*),"choices":({[^{}]*})}$', record.value.decode("latin1"), re.M):
        votes.update(json.loads(choices).get(contest, []) if heads.pop(head, None) else [])
print(json.dumps(votes))
