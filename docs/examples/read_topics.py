# The votes of a contest, counted from the topics: python read_topics.py BROKERS ELECTION CONTEST
import collections, json, kafka, re, sys

brokers, election, contest = sys.argv[1:]
read = lambda topic: kafka.KafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest", consumer_timeout_ms=5000)
runs = [run for event in read(f"livetally.{election}.events") for run in json.loads(event.value).get("runs", [])]
# how the ballot of each serial issued begins: the first line that begins so counts, and is struck off
heads = {'"serial":%d,"place":"%s","cohort":"%s"' % (first + n, *unit): 1 for first, count, *unit in runs for n in range(count)}
votes = collections.Counter()
for record in read(f"livetally.{election}.ballots"):
    for head, choices in re.findall('^{(.*),"choices":({[^{}]*})}$', record.value.decode("latin1"), re.M):
        votes.update(json.loads(choices).get(contest, []) if heads.pop(head, None) else [])
print(json.dumps(votes))
