import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startBroker, type Broker, type BrokerKind } from '../broker.ts';
import { freePorts } from '../free-ports.ts';
import { startOwnPostgres, type OwnPostgres } from '../own-postgres.ts';
import { smallElection } from '../small-election.ts';
import { checkRest, openSharedCheck, type SharedCheck, type SharedFigures } from './check-shared.ts';
import { campaignText, type CampaignFigures } from './distributed-figures.ts';
import { createDistributedPlan, KINDS, type Kill, type Kind } from './distributed-plan.ts';
import { createFeed, type Feed } from './feed.ts';
import { startFeeding, type Feeding } from './feeding.ts';
import { createFleet, FOLLOWING, type Fleet, type Stage } from './fleet.ts';
import { createIssuedSerials, type IssuedSerials } from './issued-serials.ts';
import { createOutages, type OutageKind, type Outages } from './outages.ts';
import { runRegisters, type RegisterRuns } from './register-runs.ts';

/**
 * The campaign over real processes: every stage runs as people would run it, on a broker and a PostgreSQL of the campaign's
 * own; all of them are killed at random moments, the servers too, until so many are dead. Then the rest is done, and
 * everything must be right: `node test/crash/distributed-campaign.ts --kills 200 --seed 1`. docs/testing.md says what is checked.
 */
export interface DistributedOptions {
  readonly kills: number;
  /** Same seed, same people, ballots, faults and waits; where exactly a kill hits is the machine's affair. */
  readonly seed: string;
  readonly log: BrokerKind;
  /** Check everything after so many kills, and at the end. */
  readonly checkEvery: number;
  readonly onCheck?: (figures: CampaignFigures) => void;
  /** Breaks it off. */
  readonly signal?: AbortSignal;
}

const PARTITIONS = 3;
/** Everybody votes, and some send more than that. */
const ELECTION = smallElection({ id: 'crash', simulation: { turnout: 1, repeats: 0.05, malformed: 0.05, lean: 1 } });
/** People of one register. */
const STEP = 200;
/** A register is done sooner than others are killed. */
const REGISTER_PACE = 0.6;
/** Nobody registers while the broker is away. */
const MOST_QUIET_MS = 6000;
/** A campaign that long has time for outages that are. */
const LONG_KILLS = 100;
const PORTS = 7;

/** Throws, and leaves the folder with what every process said behind, when anything is not as it must be. */
export async function runDistributedCampaign(options: DistributedOptions): Promise<CampaignFigures> {
  const root = mkdtempSync(join(tmpdir(), 'livetally-distributed-'));
  const [broker, postgres] = await Promise.all([startBroker(options.log), startOwnPostgres()]);
  let campaign: DistributedCampaign | undefined;
  try {
    campaign = await DistributedCampaign.open({ ...options, root, broker, postgres });
    const figures = await campaign.run();
    rmSync(root, { recursive: true });
    return figures;
  } catch (cause) {
    const again = `node test/crash/distributed-campaign.ts --kills ${options.kills} --seed ${options.seed} --log ${options.log}`;
    const figures = campaign === undefined ? '' : `\n${campaignText(campaign.figures)}`;
    throw new Error(`${campaign?.doing}: ${String(cause)}${figures}\nThe folder: ${root}\nAgain: ${again}`, { cause });
  } finally {
    await campaign?.close();
    await Promise.all([broker[Symbol.asyncDispose](), postgres.drop()]);
  }
}

interface Parts extends DistributedOptions {
  readonly root: string;
  readonly broker: Broker;
  readonly postgres: OwnPostgres;
}

class DistributedCampaign {
  doing = 'Starting';
  readonly #options: Parts;
  readonly #failing = Promise.withResolvers<never>();
  readonly #stopping = new AbortController();
  readonly #killed: Record<Kind, number>;
  readonly #beganMs = performance.now();
  readonly #fleet: Fleet;
  readonly #registers: RegisterRuns;
  readonly #feed: Feed;
  readonly #feeding: Feeding;
  readonly #issued: IssuedSerials;
  readonly #outages: Outages;
  readonly #check: SharedCheck;
  #checked: SharedFigures | undefined;
  #checks = 0;
  #catchingUpMs = 0;

  static async open(parts: Parts): Promise<DistributedCampaign> {
    const { root, broker, postgres } = parts;
    const { host, port, user, password, database } = postgres.settings;
    const databaseUrl = `postgres://${user}:${password}@${host}:${port}/${database}`;
    const ports = await freePorts(PORTS);
    mkdirSync(join(root, 'acknowledged'));
    writeFileSync(join(root, 'election.yaml'), JSON.stringify(ELECTION)); // JSON is YAML
    const check = await openSharedCheck({
      election: ELECTION,
      partitions: PARTITIONS,
      source: `people:${parts.seed}`,
      data: join(root, 'data'),
      codesFile: join(root, 'codes.csv'),
      acknowledged: join(root, 'acknowledged'),
      kafka: broker.address,
      databaseUrl,
    });
    return new DistributedCampaign(parts, check, { kafka: broker.address, databaseUrl, ports });
  }

  private constructor(
    parts: Parts,
    check: SharedCheck,
    systems: { readonly kafka: string; readonly databaseUrl: string; readonly ports: readonly number[] },
  ) {
    const { root, seed, broker, postgres } = parts;
    const onFault = (fault: Error): void => this.#failing.reject(fault);
    this.#failing.promise.catch(() => undefined); // `run` sees it
    parts.signal?.addEventListener('abort', () => onFault(new Error('broken off')));
    this.#options = parts;
    this.#check = check;
    this.#killed = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
    this.#fleet = createFleet({ root, data: join(root, 'data'), electionId: ELECTION.id, ...systems, onFault });
    this.#feed = createFeed({
      url: this.#fleet.intakeUrl,
      token: this.#fleet.token,
      acknowledgedFile: join(root, 'acknowledged', 'feed'),
    });
    this.#issued = createIssuedSerials(check.log, ELECTION.id);
    void this.#issued.follow(this.#stopping.signal);
    this.#feeding = startFeeding(this.#feed, this.#issued, seed, onFault);
    this.#outages = createOutages({ broker, postgres, fleet: this.#fleet, feed: this.#feed, onFault });
    this.#registers = runRegisters({ run: (people) => this.#register(people), step: STEP, onFault });
  }

  async run(): Promise<CampaignFigures> {
    await this.#unlessFailing(this.#work());
    return this.figures;
  }

  get figures(): CampaignFigures {
    const restarts = this.#fleet.processes.map(({ name, starts }) => [name, starts - 1] as const);
    return {
      seconds: (performance.now() - this.#beganMs) / 1000,
      kills: this.#killed,
      restarts: Object.fromEntries(restarts),
      registers: { starts: this.#registers.starts, ended: this.#registers.ended },
      exits: Object.fromEntries(this.#registers.exits),
      outages: this.#outages.past,
      floodBytes: this.#outages.floodBytes,
      feed: this.#feed.figures,
      checks: this.#checks,
      catchingUpMs: this.#catchingUpMs,
      checked: this.#checked,
    };
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    for (const process of [...this.#fleet.processes, this.#registers]) process.abandon();
    await this.#check.close();
  }

  async #work(): Promise<void> {
    for (const process of this.#fleet.processes) process.start();
    this.#goOn();
    await this.#fleet.untilReady();
    await this.#killAll();
    await this.#checkAll();
    await this.#finish();
  }

  async #killAll(): Promise<void> {
    const { kills, seed, checkEvery } = this.#options;
    const plan = createDistributedPlan(seed);
    const able = KINDS.filter((kind) => kind !== 'away' || kills >= LONG_KILLS);
    let checkAt = checkEvery;
    for (let attempt = 0; this.#dead() < kills; attempt++) {
      const kill = plan(attempt, able, this.#killed);
      this.doing = `Kill ${this.#dead() + 1} (${kill.kind}, after ${kill.waitMs} ms)`;
      await this.#kill(kill);
      if (this.#dead() < checkAt || this.#dead() >= kills) continue;
      checkAt += checkEvery;
      await this.#checkAll();
      this.#goOn();
    }
  }

  #dead(): number {
    return Object.values(this.#killed).reduce((sum, some) => sum + some, 0);
  }

  async #kill({ kind, waitMs, busyMs, which, againAfterMs }: Kill): Promise<void> {
    if (kind === 'register') {
      if (await this.#registers.kill(waitMs * REGISTER_PACE)) this.#killed.register++;
      return;
    }
    await sleep(waitMs);
    if (kind === 'project' || kind === 'postgres') {
      await Promise.race([this.#issued.more(), sleep(MOST_QUIET_MS)]);
      await sleep(busyMs);
    }
    if (isOutage(kind)) {
      await this.#outages.begin(kind);
      this.#killed[kind]++;
    } else await this.#killProcess(kind, which, againAfterMs);
  }

  async #killProcess(kind: Stage, which: number, againAfterMs: number | undefined): Promise<void> {
    if (kind === 'intake') await this.#outages.untilNoFlood();
    const processes = this.#fleet.of(kind);
    const victim = processes[which % processes.length]!;
    const { starts } = victim;
    await victim.kill();
    this.#killed[kind]++;
    if (againAfterMs === undefined) return;
    while (victim.starts === starts) await sleep(20);
    await sleep(againAfterMs);
    await victim.kill();
    this.#killed[kind]++;
  }

  #goOn(): void {
    this.#registers.go();
    this.#feeding.go();
  }

  /** Everybody registers and votes who is about to, then all must be right. The tally stops meanwhile and leaves its snapshot. */
  async #checkAll(): Promise<void> {
    this.doing += ', then the check';
    await this.#outages.rest();
    await Promise.all([this.#registers.rest(), this.#feeding.rest()]);
    await this.#fleet.untilReady();
    const { dashboardUrl } = this.#fleet;
    const tookMs = await this.#check.untilCaughtUp(this.#registers.people, dashboardUrl);
    this.#catchingUpMs = Math.max(this.#catchingUpMs, tookMs);
    const [tally] = this.#fleet.of('tally');
    await tally!.stop();
    this.#checked = await this.#check.run(dashboardUrl);
    assert.equal(this.#checked.registered, this.#registers.people, 'people of the registers that ended well');
    assert.equal(this.#checked.acknowledged, this.#feed.figures.acknowledged, 'the file of acknowledgements');
    tally!.start();
    this.#checks++;
    this.#options.onCheck?.(this.figures);
  }

  /** Everything stops as it is asked to, and what can be made again is made again. */
  async #finish(): Promise<void> {
    this.doing = 'The end';
    await this.#fleet.untilReady();
    await Promise.all(this.#fleet.processes.map((process) => process.stop()));
    await checkRest(this.#fleet.command('recount', 'recount', '--json'), this.#check, this.#options.postgres.settings);
  }

  #register(people: number): ReturnType<Fleet['command']> {
    const { root, seed } = this.#options;
    const election = ['--election', join(root, 'election.yaml'), '--partitions', String(PARTITIONS)];
    const whom = ['--count', String(people), '--seed', seed, '--codes', join(root, 'codes.csv')];
    return this.#fleet.command('register', 'register', ...election, ...whom);
  }

  async #unlessFailing<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#failing.promise]);
  }
}

function isOutage(kind: Exclude<Kind, 'register'>): kind is OutageKind {
  return !FOLLOWING.some((stage) => stage === kind);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      log: { type: 'string', default: 'kafka' },
    },
  });
  const { kills, seed, log } = values;
  assert.ok(log === 'kafka' || log === 'kafka-zookeeper', '--log is kafka or kafka-zookeeper');
  const onCheck = (figures: CampaignFigures): void => console.log(`${campaignText(figures)}\n`);
  const breaking = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => breaking.abort());
  const { signal } = breaking;
  const figures = await runDistributedCampaign({ kills: Number(kills), seed, log, checkEvery: 20, onCheck, signal });
  console.log(`${campaignText(figures)}\nAll is well.`);
}
