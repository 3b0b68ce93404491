import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OPTIONS, type Option } from '../src/app/options.ts';
import type { Command } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { diagram } from '../src/flow.ts';

export const COMMANDS_FILE: string = fileURLToPath(new URL('../docs/commands.md', import.meta.url));

/** Every command with every option, from the tables that the command line itself is made of. */
export function commandsDoc(): string {
  return `${[intro(), ...COMMANDS.map(chapter), environment()].join('\n\n')}\n`;
}

function intro(): string {
  const rows = COMMANDS.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${summary} |`);
  return `# Commands

<!-- Written by infra/commands-doc.ts from src/cli/commands and src/app/options.ts. -->

In a clone every command is \`npm run -s livetally -- COMMAND\`; installed from the package, \`livetally COMMAND\`. Each explains itself with \`--help\`.
What failures mean is in [errors.md](errors.md).

\`\`\`
${diagram()}
\`\`\`

| command | |
|---|---|
${rows.join('\n')}

With \`--json\` a command prints exactly one JSON value on standard output; what goes wrong, and the log, are JSON lines on standard error. \`start\` and
\`dashboard\` print theirs when they can be reached, and go on. Long work shows its rate and the time left: a bar on a terminal, else a plain line now and then.

Ctrl-C (and SIGTERM) finishes what is under way; once more ends at once, and nothing that was acknowledged is lost. Work that it cuts short ends with exit
code 130, and the same command goes on where it was.

One process at a time has a data folder. \`register\`, \`vote\`, \`tally\` and \`dashboard\` take turns; \`start\` runs them all side by side.`;
}

function chapter({ name, argument, summary, description, options, examples }: Command): string {
  const usage = ['livetally', name, ...(argument === undefined ? [] : [argument.term]), '[options]'].join(' ');
  const about = argument === undefined ? '' : `\n\n\`${argument.term}\`: ${argument.help}`;
  return `## ${name}

${sentence(summary)} ${description.replaceAll(/\s*\n\s*/g, ' ')}

\`\`\`sh
${usage}
\`\`\`${about}

| option | | default | environment |
|---|---|---|---|
${options.map((option) => row(OPTIONS[option])).join('\n')}

${examples.length > 1 ? 'Examples' : 'Example'}:

\`\`\`sh
${examples.join('\n')}
\`\`\``;
}

function row({ flag, help, byDefault, environment: variable }: Option<unknown>): string {
  const cells = [`\`${flag}\``, help.replaceAll('|', '\\|'), code(byDefault), code(variable)];
  return `| ${cells.join(' | ')} |`;
}

/** A flag beats the environment, the environment beats the default. */
function environment(): string {
  const rows = Object.values(OPTIONS as Readonly<Record<string, Option<unknown>>>)
    .filter((option) => option.environment !== undefined)
    .map((option) => `| \`${option.environment}\` | \`${option.flag}\` |`);
  return `## Environment

A flag beats its environment variable, which beats the default. A variable that is set to nothing is not set.

| variable | same as |
|---|---|
${[...new Set(rows)].sort().join('\n')}
| \`DATABASE_URL\`, \`DATABASE_URL_FILE\` | the PostgreSQL server, or a file with its URL: [database.md](database.md#postgresql) |
| \`PGPASSWORD\`, \`PGPASSWORD_FILE\` | its password, or a file with it |
| \`LIVETALLY_KEY\` | the key of the voting codes, 64 hexadecimal digits; without it a key is made in the data folder |
| \`LIVETALLY_KEY_FILE\` | a file with that key, which only its owner can read |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

// `node infra/commands-doc.ts` writes it; a test holds the committed file to it.
if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(COMMANDS_FILE, commandsDoc());
