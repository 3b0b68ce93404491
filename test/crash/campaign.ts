import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataFiles } from '../../src/app/compose.ts';
import { smallElection } from '../small-election.ts';
import { checkFolder, type CampaignFolder, type FolderFigures } from './check-folder.ts';
import { createKillPlan } from './kill-plan.ts';
import { runVictim, type Death } from './run-victim.ts';
import { STAGES, type Stage } from './victim.ts';

/**
 * Kills processes of one election at random moments, over one data folder, until so many are dead; then lets the rest be
 * done, and everything must be right: `node test/crash/campaign.ts --kills 200 --seed 1`. docs/testing.md says what is checked.
 */
export interface CampaignOptions {
  readonly kills: number;
  /** Same seed, same people, ballots and waits; where exactly a kill hits is the machine's affair. */
  readonly seed: string;
  /** Check the folder after so many kills, and at the end. */
  readonly checkEvery: number;
  readonly onCheck?: (figures: CampaignFigures) => void;
}

export interface CampaignFigures {
  readonly kills: Readonly<Record<Stage, number>>;
  /** Of the kills: in the opening of the folder. */
  readonly inOpening: number;
  /** Victims that were done before their time had come. */
  readonly ended: number;
  /** Durable reports that victims told of. */
  readonly reports: number;
  readonly folder: FolderFigures;
}

/** Everybody votes, and some send more than that. */
const ELECTION = smallElection({ simulation: { turnout: 1, repeats: 0.05, malformed: 0.05, lean: 1 } });
/** What can be done in an empty folder, and what gives the others something to do. */
const FEEDING: readonly Stage[] = ['register', 'all'];
/** More victims than this for a kill, and the plan does not fit the machine. */
const VICTIMS_A_KILL = 4;

/** Throws, and leaves the folder behind, when anything is not as it must be. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignFigures> {
  const root = mkdtempSync(join(tmpdir(), 'livetally-campaign-'));
  const campaign = new Campaign(root, options);
  try {
    await campaign.killAll();
    const figures = await campaign.finish();
    rmSync(root, { recursive: true });
    return figures;
  } catch (cause) {
    const again = `node test/crash/campaign.ts --kills ${options.kills} --seed ${options.seed}`;
    throw new Error(`${campaign.doing}: ${String(cause)}\nThe folder: ${root}\nAgain: ${again}`, { cause });
  }
}

class Campaign {
  doing = '';
  readonly #options: CampaignOptions;
  readonly #folder: CampaignFolder;
  readonly #electionFile: string;
  readonly #kills: Record<Stage, number> = { register: 0, vote: 0, tally: 0, all: 0 };
  #inOpening = 0;
  #ended = 0;
  #victims = 0;
  #defined = false;
  #reports = 0;
  /** By the newest report that a victim told of. */
  #counted = 0;

  constructor(root: string, options: CampaignOptions) {
    this.#options = options;
    this.#folder = {
      data: join(root, 'data'),
      codesFile: join(root, 'codes.csv'),
      acknowledged: join(root, 'acknowledged'),
    };
    this.#electionFile = join(root, 'election.yaml');
    mkdirSync(this.#folder.acknowledged);
    writeFileSync(this.#electionFile, JSON.stringify(ELECTION)); // JSON is YAML
  }

  async killAll(): Promise<void> {
    const { kills, seed, checkEvery } = this.#options;
    const plan = createKillPlan(seed);
    let able = FEEDING;
    for (let killed = 0; killed < kills;) {
      assert.ok(
        this.#victims < kills * VICTIMS_A_KILL,
        `${this.#ended} of ${this.#victims} victims were done too soon`,
      );
      const kill = plan(this.#victims, able, this.#kills);
      if (await this.#run(kill.stage, kill.morePeople, kill.rebuild, kill)) {
        killed++;
        this.#kills[kill.stage]++;
        if (kill.after === 'started') this.#inOpening++;
        able = this.#defined ? STAGES : FEEDING;
        if (this.#defined && killed % checkEvery === 0) await this.#check(false);
      } else {
        this.#ended++;
        able = FEEDING;
      }
    }
  }

  /** Lets everybody register and vote, counts, and loses on purpose what can be made again. */
  async finish(): Promise<CampaignFigures> {
    for (const stage of ['register', 'vote', 'tally'] as const) await this.#run(stage);
    const { folder: first } = await this.#check(true);
    assert.equal(first.counted, first.registered, 'everybody has voted');
    assert.equal(first.published, first.hash, 'everything is published');

    const files = dataFiles(this.#folder.data);
    rmSync(files.database, { recursive: true });
    rmSync(files.snapshot);
    const { folder: second } = await this.#check(true);
    assert.deepEqual(second, first, 'without database and snapshot');

    await this.#run('tally');
    const figures = await this.#check(true);
    assert.deepEqual({ ...figures.folder, rows: first.rows }, first, 'counted anew');
    return figures;
  }

  /** False: it was not killed. */
  async #run(stage: Stage, morePeople = 0, rebuild = false, death?: Death): Promise<boolean> {
    const end = death === undefined ? '' : `, to be killed ${death.waitMs} ms after it has ${death.after}`;
    this.doing = `Victim ${this.#victims} (${stage}${end})`;
    const acknowledgedFile = join(this.#folder.acknowledged, String(this.#victims++));
    const { data, codesFile } = this.#folder;
    const files = { data, codesFile, electionFile: this.#electionFile, acknowledgedFile };
    const victim = await runVictim({ ...files, stage, seed: this.#options.seed, morePeople, rebuild }, death);
    this.#defined ||= victim.worked;
    this.#takeReports(victim.reported);
    return victim.killed;
  }

  #takeReports(reported: readonly number[]): void {
    for (const counted of reported) {
      assert.ok(counted >= this.#counted, `a report of ${counted} came after one of ${this.#counted}`);
      this.#counted = counted;
    }
    this.#reports += reported.length;
  }

  async #check(complete: boolean): Promise<CampaignFigures> {
    this.doing += ', then the check';
    const source = `people:${this.#options.seed}`;
    const folder = await checkFolder(this.#folder, { election: ELECTION, source, complete, makeDatabase: complete });
    const kills = { ...this.#kills };
    const figures = { kills, inOpening: this.#inOpening, ended: this.#ended, reports: this.#reports, folder };
    this.#options.onCheck?.(figures);
    return figures;
  }
}

/** One line for people. */
export function figuresText({ kills, inOpening, ended, reports, folder }: CampaignFigures): string {
  const all = Object.values(kills).reduce((sum, some) => sum + some, 0);
  const stages = Object.entries(kills).map(([stage, some]) => `${some} ${stage}`);
  return [
    `${all} killed (${stages.join(', ')}; ${inOpening} of them in the opening), ${ended} done before`,
    `${folder.registered} registered`,
    `${folder.acknowledged} lines acknowledged, ${folder.lines - folder.acknowledged} more in the log`,
    `${folder.counted} counted, ${folder.repeat} repeats, ${folder.invalid} invalid`,
    `${reports} reports`,
  ].join(' · ');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
  });
  const onCheck = (figures: CampaignFigures): void => console.log(figuresText(figures));
  await runCampaign({ kills: Number(values.kills), seed: values.seed, checkEvery: 10, onCheck });
  console.log('All is well.');
}
