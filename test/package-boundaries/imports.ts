import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const SRC = resolve(__dirname, '../../src');

/** One `import`, `export … from`, `import()` or `require()` of a source file, be it of a type. */
export interface Import {
  /** The importing file, below `src`. */
  from: string;
  /** The imported file below `src`, or the name of a package. */
  to: string;
  /** Whether nothing of it is left when the program runs. */
  typeOnly: boolean;
  /** Whether it is loaded when that is asked for, and not with the file: `import()`. */
  onDemand: boolean;
}

/** Every import of every source file. */
export function allImports(): Import[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(c?ts|tsx)$/.test(name))
    .flatMap((name) => importsOf(name));
}

/** Files each of which imports the next one, and the last one the first. */
export function circleIn(imports: readonly Import[]): string[] | undefined {
  const imported = new Map<string, string[]>(imports.map(({ from }) => [from, []]));
  for (const { from, to } of imports) imported.get(from)?.push(to);
  const done = new Set<string>();
  const search = (path: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(path)) return way.slice(way.indexOf(path));
    if (done.has(path)) return undefined;
    for (const to of imported.get(path) ?? []) {
      const found = search(to, [...way, path]);
      if (found !== undefined) return found;
    }
    done.add(path);
    return undefined;
  };
  for (const path of imported.keys()) {
    const found = search(path, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

function importsOf(from: string): Import[] {
  const path = join(SRC, from);
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean, onDemand = false): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    const to = text.startsWith('.') ? ownFile(resolve(dirname(path), text)) : text;
    found.push({ from, to, typeOnly, onDemand });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeImport(node.importClause));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      add(node.argument.literal, true);
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeExport(node));
    else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const onDemand = expression.kind === ts.SyntaxKind.ImportKeyword;
      const loads = onDemand || (ts.isIdentifier(expression) && expression.text === 'require');
      if (loads) add(node.arguments[0], false, onDemand);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** CommonJS is imported by the name that it has once it is built. */
function ownFile(path: string): string {
  const source = path.replace(/\.cjs$/, '.cts');
  return relative(SRC, existsSync(source) ? source : path);
}

function isTypeImport(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.every((element) => element.isTypeOnly);
}

function isTypeExport({ isTypeOnly, exportClause }: ts.ExportDeclaration): boolean {
  if (isTypeOnly) return true;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return false;
  return exportClause.elements.every((element) => element.isTypeOnly);
}
