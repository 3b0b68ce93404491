import { nameId } from '../src/adapters/spark/connect/name-id.ts';
import { SPARK } from './real-systems.ts';

/** What the web pages of the Spark cluster say. */

export interface Work {
  tasks: number;
  failed: number;
  ms: number;
}

interface Job {
  readonly jobTags: readonly string[];
  readonly stageIds: readonly number[];
}

interface StageAttempt {
  readonly executorSummary: Readonly<
    Record<string, { readonly succeededTasks: number; readonly failedTasks: number; readonly taskTime: number }>
  >;
}

/** By id of the executor, `driver` is one too: the work done for the session of this name. */
export async function workFor(session: string): Promise<ReadonlyMap<string, Work>> {
  const [application] = await page<[{ readonly id: string }]>(`${SPARK.ui}/api/v1/applications`);
  const url = `${SPARK.ui}/api/v1/applications/${application.id}`;
  const tag = `_Session_${nameId(session)}_`;
  const jobs = await page<readonly Job[]>(`${url}/jobs`);
  const ours = jobs.filter(({ jobTags }) => jobTags.some((own) => own.includes(tag)));
  const work = new Map<string, Work>();
  for (const stage of new Set(ours.flatMap(({ stageIds }) => stageIds))) {
    const attempts = await page<readonly StageAttempt[]>(`${url}/stages/${stage}`);
    for (const { executorSummary } of attempts) addWork(work, executorSummary);
  }
  return work;
}

function addWork(work: Map<string, Work>, summary: StageAttempt['executorSummary']): void {
  for (const [executor, { succeededTasks, failedTasks, taskTime }] of Object.entries(summary)) {
    const own = work.get(executor) ?? { tasks: 0, failed: 0, ms: 0 };
    work.set(executor, {
      tasks: own.tasks + succeededTasks,
      failed: own.failed + failedTasks,
      ms: own.ms + taskTime,
    });
  }
}

interface Worker {
  readonly state: string;
  readonly coresused: number;
}

/** Those of the cluster that live. */
export async function liveWorkers(): Promise<readonly Worker[]> {
  const { workers } = await page<{ readonly workers: readonly Worker[] }>(`${SPARK.master}/json/`);
  return workers.filter(({ state }) => state === 'ALIVE');
}

async function page<Content>(url: string): Promise<Content> {
  return (await (await fetch(url)).json()) as Content;
}
