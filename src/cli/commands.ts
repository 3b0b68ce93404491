import type { Command } from './command.ts';
import { archiveCommand } from './commands/archive.ts';
import { closeCommand } from './commands/close.ts';
import { dashboardCommand } from './commands/dashboard.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { intakeCommand } from './commands/intake.ts';
import { initCommand } from './commands/init.ts';
import { projectCommand } from './commands/project.ts';
import { promoteCommand } from './commands/promote.ts';
import { recountCommand } from './commands/recount.ts';
import { registerCommand } from './commands/register.ts';
import { replayCommand } from './commands/replay.ts';
import { startCommand } from './commands/start.ts';
import { statusCommand } from './commands/status.ts';
import { tallyCommand } from './commands/tally.ts';
import { voteCommand } from './commands/vote.ts';

/** In the order of `--help`: everything at once, then the flow, then what looks at it. */
export const COMMANDS: readonly Command[] = [
  startCommand,
  initCommand,
  registerCommand,
  voteCommand,
  intakeCommand,
  tallyCommand,
  projectCommand,
  dashboardCommand,
  closeCommand,
  recountCommand,
  promoteCommand,
  importCommand,
  replayCommand,
  statusCommand,
  doctorCommand,
  exportCommand,
  archiveCommand,
];
