import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { settingsOf } from '../../src/adapters/kafka/topic-settings.ts';
import { topicSpecs } from '../../src/lifecycle/topic-specs.ts';
import { LINE_BYTES, matchLine, RECORD_BYTES, RECORD_LINES } from '../../src/topics/ballots.ts';
import { DEFAULT_PARTITIONS } from '../../src/topics/topics.ts';
import { blocks, commands, ROOT, TOPICS_DOC } from '../topics-doc.ts';

const EXAMPLE = readFileSync(join(ROOT, 'docs/examples/read_topics.py'), 'utf8');

it('[O4] docs/topics.md shows docs/examples/read_topics.py, which has ten lines', () => {
  expect(blocks('With Python', 'python')).toEqual([EXAMPLE]);
  expect(EXAMPLE.split('\n').filter((line) => /^[^#]/.test(line))).toHaveLength(10);
});

it('[O4] docs/topics.md has the topics as they are made', () => {
  for (const { name, partitions, retention, compacted } of topicSpecs('ELECTION', DEFAULT_PARTITIONS)) {
    const kept = compacted === true ? 'compacted' : retention === 'forever' ? 'for ever' : `${retention.days} days`;
    expect(TOPICS_DOC).toMatch(
      new RegExp(`^\\| \`${name.replaceAll('.', '\\.')}\` \\| ${partitions}[^|]* \\| ${kept} \\|`, 'm'),
    );
  }
  expect(TOPICS_DOC).toContain(`1 to ${grouped(RECORD_LINES)} ballot lines, at most ${RECORD_BYTES / 1024} kB`);
  expect(TOPICS_DOC).toMatch(new RegExp(`at most ${grouped(LINE_BYTES)}\\s+bytes`));
});

it('[O4] docs/topics.md has the settings that Kafka is given', () => {
  for (const spec of topicSpecs('ELECTION', DEFAULT_PARTITIONS)) {
    const settings = (replicas: number): string[] =>
      Object.entries(settingsOf(spec, replicas)).map(([name, value]) => `${name}=${value}`);
    const shared = settings(1).filter((setting) => settings(3).includes(setting));
    expect(TOPICS_DOC).toContain(`| \`${spec.name.split('.').at(-1)!}\` | \`${shared.join(' ')}\` |`);
    const apart = [...settings(1), ...settings(3)].filter((setting) => !shared.includes(setting));
    for (const setting of apart) expect(TOPICS_DOC).toContain(`\`${setting}\``);
  }
});

it('[O4] the ballot line of docs/topics.md is one', () => {
  const [line] = /^\{"serial".*$/m.exec(TOPICS_DOC)!;
  expect(matchLine(line)).toBeDefined();
});

it('[O4] no command of docs/topics.md writes: kcat is told to consume', () => {
  const kcat = commands('With kcat');
  expect(kcat).toHaveLength(7);
  for (const command of kcat) expect(command).toMatch(/^kcat -C -b "\$KAFKA_BOOTSTRAP_SERVERS" -t /);
});

function grouped(number: number): string {
  return number.toLocaleString('en');
}
