import { join } from 'node:path';
import { electionIds } from '../lifecycle/elections.ts';
import { createLifeReader } from '../lifecycle/life-reader.ts';
import { topicProblems } from '../lifecycle/topics-fit.ts';
import type { Logger } from '../ports/effects.ts';
import { dataFiles, openStores, type Stores } from './compose.ts';
import { examineCluster } from './examine-cluster.ts';
import { examineElection } from './examine-election.ts';
import { findings, type Finding } from './finding.ts';
import type { Systems } from './systems.ts';

export interface ExamineBrokerOptions {
  readonly data: string;
  readonly electionId: string | undefined;
  readonly logger: Logger;
}

/** The log on a broker: that it answers, that its topics are as they were made, what its elections hold. */
export async function examineBroker(
  options: ExamineBrokerOptions,
  log: Exclude<Systems['log'], 'embedded'>,
  signal: AbortSignal | undefined,
): Promise<readonly Finding[]> {
  const { data, electionId, logger } = options;
  const address = log.bootstrapServers.join(',');
  return findings('log', async () => {
    await using stores = await openStores({ data, command: 'doctor', logger });
    const answers: Finding = { state: 'good', what: 'log', says: `Kafka at ${address} answers` };
    const ids = (await electionIds(stores.log)).filter((id) => electionId === undefined || id === electionId);
    if (ids.length === 0) {
      const says = electionId === undefined ? 'none on this broker yet' : `${electionId} is not on this broker`;
      return [answers, { state: 'note', what: 'election', says, next: 'Define one: `livetally register`' }];
    }
    const each: Finding[] = [];
    for (const id of ids) each.push(...(await findings(id, () => examineOne(stores, id, data, signal))));
    return [answers, ...each];
  });
}

async function examineOne(stores: Stores, id: string, data: string, signal?: AbortSignal): Promise<readonly Finding[]> {
  const reader = createLifeReader(stores.log, id);
  await reader.catchUp();
  const problems = await topicProblems(stores.log, reader.life);
  const topics = problems.map(({ topic, says, next }): Finding => ({ state: 'bad', what: topic, says, next }));
  if (topics.length === 0) topics.push({ state: 'good', what: 'topics', says: 'as they were made' });
  const files = { ...stores.files, snapshot: dataFiles(join(data, 'tally')).snapshot };
  const session = { ...stores, files, election: reader.life.election, reader };
  return [
    ...topics,
    ...(await findings('cluster', () => examineCluster(session))),
    ...(await findings('election', () => examineElection(session, signal))),
  ];
}
