/** npm run measure:redaction: what passes and what is changed, by whose rules. */
import { pathToFileURL } from 'node:url';
import { createCapture } from '../../src/sdk/privacy/capture.ts';
import { NAMED_KEYS, SHAPED_KEYS } from '../../src/sdk/privacy/gitleaks/rules.ts';
import { HELD_OUT_INNOCENTS } from '../../test/support/redaction/held-out-innocents.ts';
import { HELD_OUT_SECRETS } from '../../test/support/redaction/held-out-secrets.ts';
import { INNOCENTS } from '../../test/support/redaction/innocents.ts';
import { changed, passing, type Shows } from '../../test/support/redaction/rates.ts';
import { SECRET_FORMS } from '../../test/support/redaction/secret-forms.ts';
import { SECRETS } from '../../test/support/redaction/secrets.ts';
import { cachedInstall } from '../support/cached-install.ts';
import { runOrThrow } from '../support/children.ts';
import { formatTable } from '../support/table.ts';

const SECRETLINT = '@secretlint/secretlint-rule-preset-recommend';
const SECRETLINT_VERSION = '12.0.0';
const SETS = [
  { secrets: [...SECRETS, ...SECRET_FORMS], innocents: INNOCENTS },
  { secrets: HELD_OUT_SECRETS, innocents: HELD_OUT_INNOCENTS },
];

interface Finding {
  range: readonly [number, number];
}

/** What a rule of secretlint is made by, as far as it is used here. */
interface RuleCreator {
  create(context: object, options: object): { file?(source: object): unknown };
}

/** The rules of the package, run over the text of a file. */
async function secretlint(): Promise<Shows> {
  const folder = await cachedInstall({ [SECRETLINT]: SECRETLINT_VERSION });
  const { rules } = (await import(
    pathToFileURL(`${folder}/node_modules/${SECRETLINT}/module/index.js`).href
  )) as { rules: readonly RuleCreator[] };
  return (value) => {
    const content = textOf(value);
    const found: Finding[] = [];
    const context = {
      createTranslator: () => () => ({ message: '' }),
      report: (finding: Finding) => found.push(finding),
      ignore: () => {},
    };
    const source = { content, filePath: 'x.txt', ext: '.txt', contentType: 'text', hasBOM: false };
    for (const rule of rules) rule.create(context, {}).file?.(source);
    return without(
      content,
      found.map(({ range }) => range),
    );
  };
}

/** The rules of gitleaks that are built in, alone. */
function gitleaks(): Shows {
  const shaped = SHAPED_KEYS.map((each) => new RegExp(each, 'g'));
  const named = NAMED_KEYS.map(
    ([name, value]) => new RegExp(`${name}[\\w .-]{0,20}["'\\s]{0,3}[=:>,]["'\\s=]{0,5}${value}`, 'gi'),
  );
  return (value) => {
    const content = textOf(value);
    const matches = [...shaped, ...named].flatMap((each) => [...content.matchAll(each)]);
    return without(
      content,
      matches.map(({ 0: match, index }) => [index, index + match.length]),
    );
  };
}

function ours(): Shows {
  const { text, json } = createCapture({ sanitize: true, maxLength: 4_096 });
  return (value) => (typeof value === 'string' ? text(value) : json(value));
}

/** By these rules, before they were ever used: they are compiled once. */
function ownAlone(): Shows {
  (SHAPED_KEYS as string[]).length = 0;
  // Matches nothing.
  (NAMED_KEYS as (readonly [string, string])[]).splice(0, Number.POSITIVE_INFINITY, ['(?!)', '(?!)']);
  return ours();
}

function rates(shows: Shows): string[] {
  return SETS.flatMap(({ secrets, innocents }) => [
    percent(passing(secrets, shows).length, secrets.length),
    percent(changed(innocents, shows).length, innocents.length),
  ]);
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : JSON.stringify(value instanceof Map ? Object.fromEntries(value) : value);
}

function without(text: string, ranges: readonly (readonly [number, number])[]): string {
  let shown = text;
  for (const [start, end] of ranges) {
    shown = shown.slice(0, start) + '\0'.repeat(Math.max(0, end - start)) + shown.slice(end);
  }
  return shown;
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}

if (process.argv.includes('--own-alone')) {
  console.log(JSON.stringify(rates(ownAlone())));
} else {
  const file = process.argv[1]!;
  const { stdout } = await runOrThrow(process.execPath, ['--import', 'tsx', file, '--own-alone']);
  const [made, heldOut] = SETS.map(({ secrets, innocents }) => `${secrets.length}/${innocents.length}`);
  console.log(
    formatTable([
      ['', `passing (${made})`, 'changed', `passing, held out (${heldOut})`, 'changed, held out'],
      ['this package', ...rates(ours())],
      ['without the rules of gitleaks', ...(JSON.parse(stdout) as string[])],
      ['gitleaks', ...rates(gitleaks())],
      ['secretlint', ...rates(await secretlint())],
    ]),
  );
}
