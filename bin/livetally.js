#!/usr/bin/env node
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    `livetally needs Node 24 or newer; this is Node ${process.versions.node}.\n` +
      'Install a newer Node, or run: npx --package node@24 --package livetally livetally start\n',
  );
  process.exitCode = 2;
} else {
  const { main } = await import('../dist/cli/main.js');
  process.exitCode = await main(process.argv.slice(2));
}
