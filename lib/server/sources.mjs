import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

/** What each part of the build is made of, so that only what changed is made again. */
const COMMON = [
  'package-lock.json',
  'tsconfig.json',
  'lib/server/build.mjs',
  'lib/server/sources.mjs',
];

const PARTS = {
  generate: ['prisma/schema', 'prisma.config.ts'],
  bundle: ['lib', 'prisma/schema', 'prisma/seed'],
  native: ['lib/protocol/native/udp.c'],
  next: [
    'app',
    'components',
    'lib',
    'messages',
    'prisma/schema',
    'public',
    'package.json',
    'next.config.ts',
    'instrumentation-client.ts',
    'proxy.ts',
    'instrumentation.ts',
  ],
};

/** Rooms of the other processes: pages never load them. */
const NOT_IN_PAGES = /^lib\/(switch|worker|server|addon-host)\//;

/** Every file under a path of the project, by its path; none where it does not exist. */
function filesUnder(root, relative) {
  const full = path.join(root, relative);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [relative];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((name) => name.replaceAll('\\', '/'));
}

/** One hash over names and contents of what a part is made of, and over the Node it was made with. */
export function sourceHash(root, part) {
  const names = [
    ...new Set([...COMMON, ...PARTS[part]].flatMap((entry) => filesUnder(root, entry))),
  ];
  const relevant = names.filter((name) => part !== 'next' || !NOT_IN_PAGES.test(name));
  const hash = createHash('sha256').update(
    `${process.version} ${process.platform} ${process.arch}\n`,
  );
  for (const name of relevant.sort()) {
    hash
      .update(`${name}\n`)
      .update(readFileSync(path.join(root, name)))
      .update('\n');
  }
  return hash.digest('hex');
}

const stampFile = (root, part) => path.join(root, 'dist', `.${part}`);

/** Whether a part was made from exactly what lies there now, and its result is still there. */
export function isFresh(root, part, results) {
  const file = stampFile(root, part);
  if (!existsSync(file) || !results.every((name) => existsSync(path.join(root, name))))
    return false;
  return readFileSync(file, 'utf8') === sourceHash(root, part);
}

/** Remembers what a part was made from: the hash as it was when the work began. */
export function writeStamp(root, part, hash) {
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  const file = stampFile(root, part);
  writeFileSync(`${file}.new`, hash);
  renameSync(`${file}.new`, file);
}
