import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { visible } from '../../explorer/text/visible.ts';
import { CliError, type CliIo } from '../io.ts';
import {
  CLIENT_IDS,
  CLIENTS,
  type ClientFile,
  type ClientId,
  fileAt,
  filesOf,
  type Machine,
} from './clients.ts';
import { type ConfigFile, readConfigFile, replaceConfigFile } from './config-file.ts';
import { defaultLauncher, startsUs, wordsOf } from './launcher.ts';
import { type Configuration, type Plan, planUnwrap, planWrap } from './plan.ts';
import { isPlainAddress } from './proxy-address.ts';
import { changesOf, type Task, writePlan } from './report.ts';
import { NotUnderstoodError } from './tree.ts';

/** What the commands `wrap` and `unwrap` were given. */
export interface Choice {
  readonly file: string | undefined;
  readonly client: ClientId | undefined;
  readonly servers: readonly string[] | undefined;
  readonly isAgreed: boolean;
  readonly isDryRun: boolean;
}

export interface WrapChoice extends Choice {
  readonly proxies: ReadonlyMap<string, string>;
  readonly command: string | undefined;
  /** Where what is wrapped records. */
  readonly dir: string | undefined;
}

/** A file, and whose it is. */
interface Target extends ClientFile {
  readonly title: string | undefined;
}

interface Read {
  readonly target: Target;
  readonly file: ConfigFile;
  readonly plan: Plan;
}

/** @throws CliError where nothing can be done, or not all */
export async function runWrap(choice: WrapChoice, io: CliIo): Promise<void> {
  const { proxies, command } = choice;
  // Clients start their servers in any folder.
  const dir = choice.dir === undefined ? undefined : resolve(choice.dir);
  if (dir !== undefined && /\p{Cc}/u.test(dir)) {
    throw new CliError('--dir takes a folder without control characters in its name', 2);
  }
  for (const address of proxies.values()) {
    if (isPlainAddress(address)) continue;
    throw new CliError(
      '--proxy takes NAME=URL, such as docs=http://127.0.0.1:4320/mcp, without a fragment',
      2,
    );
  }
  const launcher = command === undefined ? defaultLauncher(process.platform) : launcherOf(command);
  const options = { launcher, proxies, dir };
  const names = [...(choice.servers ?? []), ...proxies.keys()];
  await run('wrap', choice, names, (configuration) => planWrap(configuration, options), io);
}

/** @throws CliError where nothing can be done, or not all */
export async function runUnwrap(choice: Choice, io: CliIo): Promise<void> {
  await run('unwrap', choice, choice.servers ?? [], planUnwrap, io);
}

async function run(
  task: Task,
  choice: Choice,
  names: readonly string[],
  planOf: (configuration: Configuration) => Plan,
  io: CliIo,
): Promise<void> {
  const { file, client, servers } = choice;
  const isList = file === undefined && client === undefined;
  const targets = targetsOf(choice, io);
  const only = servers === undefined ? undefined : new Set(names);
  const { read, failures } = readAll(targets, (target, text) => planOf({ ...target, text, only }));
  if (!isList) refuseUnknown(names, read);
  let unanswered = false;
  for (const each of read) {
    // Editors have settings without a word of servers.
    if (isList && each.plan.names.length === 0) continue;
    writePlan(task, each.target.title, each.target.path, each.plan, io);
    if (isList || choice.isDryRun || changesOf(each.plan) === 0) continue;
    const isWanted = choice.isAgreed || (await isAgreedTo(io));
    if (isWanted === undefined) unanswered = true;
    else if (isWanted) failures.push(...replace(each, io));
  }
  if (isList) writeHint(task, read.length, io);
  if (unanswered) throw new CliError('nothing was changed: nobody can be asked here. Give --yes', 1);
  if (failures.length > 0) throw new CliError(failures.join('\n'), 1);
}

function targetsOf({ file, client }: Choice, io: CliIo): Target[] {
  if (file !== undefined && client !== undefined) throw new CliError('give a file or --client, not both', 2);
  if (file !== undefined) return [{ ...fileAt(file), title: undefined }];
  const { platform } = process;
  const machine: Machine = { platform, env: io.env, home: io.homedir(), cwd: process.cwd() };
  const all = (client === undefined ? CLIENT_IDS : [client]).flatMap((id) =>
    filesOf(id, machine).map((each) => ({ ...each, title: CLIENTS[id].title })),
  );
  // Links of several names to one file: it is changed once.
  const there = [
    ...new Map(
      all.filter(({ path }) => existsSync(path)).map((each) => [realpathSync(each.path), each]),
    ).values(),
  ];
  if (client !== undefined && there.length === 0) {
    const places = all.map(({ path }) => `    ${path}`).join('\n');
    throw new CliError(
      `${CLIENTS[client].title} has no configuration here. It would be one of these:\n${places}`,
      1,
    );
  }
  return there;
}

/** All are read and understood before the first is changed. */
function readAll(
  targets: readonly Target[],
  planOf: (target: Target, text: string) => Plan,
): { read: Read[]; failures: string[] } {
  const read: Read[] = [];
  const failures: string[] = [];
  for (const target of targets) {
    try {
      const file = readConfigFile(target.path);
      read.push({ target, file, plan: planOf(target, file.text) });
    } catch (error) {
      if (!(error instanceof NotUnderstoodError) && !(error instanceof CliError)) throw error;
      const isRead = /\.(?:jsonc?|toml)$/i.test(target.path);
      const forms = isRead ? '' : '; only JSON and TOML are read';
      failures.push(
        error instanceof CliError
          ? error.message
          : `${target.path}: ${error.message}${forms}. It was left as it is`,
      );
    }
  }
  return { read, failures };
}

/** A name that is nowhere is a mistake, and silence would look like success. */
function refuseUnknown(names: readonly string[], read: readonly Read[]): void {
  if (read.length === 0) return;
  const known = new Set(read.flatMap(({ plan }) => plan.names));
  const unknown = names.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const list = [...known].map(visible).join(', ');
  throw new CliError(`there is no server ${visible(unknown)}${list === '' ? '' : `; there are: ${list}`}`, 2);
}

/** Nothing where nobody can answer. */
async function isAgreedTo({ ask }: CliIo): Promise<boolean | undefined> {
  return ask === undefined ? undefined : /^y(?:es)?$/i.test((await ask('Change this file? [y/N] ')).trim());
}

/** @returns why it could not be done: the other files can be changed all the same */
function replace({ file, plan }: Read, io: CliIo): string[] {
  try {
    const backup = replaceConfigFile(file, plan.text);
    io.stdout.write(`changed; as it was before: ${visible(backup)}\n`);
    return [];
  } catch (error) {
    if (error instanceof CliError) return [error.message];
    throw error;
  }
}

function writeHint(task: Task, count: number, io: CliIo): void {
  const text =
    count === 0
      ? `no client's configuration was found; name one: mcp-sessionscope ${task} FILE`
      : `nothing was changed; name a client or a file: mcp-sessionscope ${task} --client NAME`;
  io.stderr.write(`mcp-sessionscope: ${text}\n`);
}

function launcherOf(command: string): readonly string[] {
  const words = wordsOf(command);
  if (startsUs(words)) return words;
  throw new CliError(
    '--command takes a command that ends with this package, such as mcp-sessionscope, or ' +
      '"node /opt/lib/node_modules/mcp-sessionscope/dist/cli.js"',
    2,
  );
}
