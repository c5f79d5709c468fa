/** Stands before an ESM bundle: CommonJS code in it asks for Node's modules by `require`. */
export const REQUIRE_IN_ESM =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";
