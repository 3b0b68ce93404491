/** In a clone there is no program `livetally`: npm runs it, and says so in its environment. */
const IN_CLONE = 'npm run -s livetally -- ';
const NPM_SCRIPTS: readonly (string | undefined)[] = ['livetally', 'start'];
/** Commands stand in backticks, after a colon, or on a line of their own. */
const COMMANDS = /(?<=`|: |^ *)livetally (?=\S)/gm;

/** Commands in a text as they have to be typed here, so that they can be copied. */
export function asTyped(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  const { npm_package_name: project, npm_lifecycle_event: script } = environment;
  return project === 'livetally' && NPM_SCRIPTS.includes(script) ? text.replaceAll(COMMANDS, IN_CLONE) : text;
}
