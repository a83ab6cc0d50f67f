import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';

/**
 * Prisma's schema engine as WebAssembly, for developers and tests: the stock commands download a
 * program, this works from the packages alone. schema-engine.d.mts has its types.
 */

const require = createRequire(import.meta.url);

/** PostgreSQL's internal "char", which the catalogue is full of and the adapter does not know. */
const INTERNAL_CHAR = 18;
const TEXT = 25;

/** Reads "char" as text, and remembers which columns were such: the engine wants them as characters. */
function readInternalChar() {
  const Result = require('pg/lib/result.js');
  const { addFields } = Result.prototype;
  let characters = [];
  Result.prototype.addFields = function (fields) {
    characters = fields.map((field) => field.dataTypeID === INTERNAL_CHAR);
    for (const field of fields) if (field.dataTypeID === INTERNAL_CHAR) field.dataTypeID = TEXT;
    return addFields.call(this, fields);
  };
  return () => characters;
}

const internalCharacters = readInternalChar();

function withCharacters(connection) {
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const characters = internalCharacters();
    result.columnTypes = result.columnTypes.map((type, column) =>
      characters[column] ? ColumnTypeEnum.Character : type,
    );
    return result;
  };
  return connection;
}

function adapterFor(url) {
  const { hostname, port, username, password, pathname } = new URL(url);
  const factory = new PrismaPg({
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => withCharacters(await connect());
  return bindMigrationAwareSqlAdapterFactory(factory);
}

let loaded;

async function loadEngine() {
  const bindings = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const js = await import(bindings);
  let panic = '';
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => {
      panic = message;
    },
    get: () => panic,
  };
  const binary = readFileSync(bindings.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(binary, { './schema_engine_bg.js': js });
  js.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return js.SchemaEngine;
}

function readSchema(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.prisma'))
    .sort()
    .map((name) => ({ path: name, content: readFileSync(path.join(folder, name), 'utf8') }));
}

/** How the summary of two equal schemas begins. */
export const NO_DIFFERENCE = 'No difference detected.';

/** What would have to be done to the database so that it is as the schema says. */
export async function diffSchema({ url, schemaFolder, script }) {
  loaded ??= loadEngine();
  const SchemaEngine = await loaded;
  const files = readSchema(schemaFolder);
  const datamodels = files.map(({ path: name, content }) => [name, content]);
  const engine = await SchemaEngine.new({ datamodels }, () => undefined, adapterFor(url));
  const result = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: schemaFolder },
    to: { tag: 'schemaDatamodel', files },
    script,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  // A dead engine says nothing and looks green: an answer is demanded.
  if (typeof result?.stdout !== 'string' || result.stdout.trim() === '') {
    throw new Error('the schema engine gave no answer');
  }
  return result.stdout;
}
