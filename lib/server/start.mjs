import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runningComplaint } from './holder.mjs';
import { installIfStale, nodeComplaint } from './install.mjs';

/**
 * `npm start`: everything from a fresh clone to a running product. Plain JavaScript without a
 * package, because it also runs before any is installed.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

function refuse(message) {
  process.stderr.write(`tollbridge: ${message}\n`);
  process.exit(1);
}

// Told before anything is built: a run that goes on must keep the files it was started from.
const complaint = nodeComplaint() ?? runningComplaint(process.argv.slice(2), process.env);
if (complaint !== null) refuse(complaint);

// Until the supervisor takes over, Ctrl-C ends this process and with it what it has started.
try {
  await installIfStale(root);
  const { buildIfStale } = await import('./build.mjs');
  await buildIfStale();
} catch (error) {
  refuse(error.message);
}
await import(pathToFileURL(path.join(root, 'dist', 'supervisor.mjs')).href);
