/** What stands where a secret would, and is none: marks, the names of types, what is to be filled in. */
const PLACEHOLDER = new RegExp(
  String.raw`^(?:${[
    String.raw`[*•●.x_#?-]{3,}`,
    String.raw`X{3,}`,
    String.raw`<[^<>]{0,60}>`,
    String.raw`\[[A-Za-z][\w :.-]{0,60}\]`,
    String.raw`[$#]\{{1,2}[^{}]{0,100}\}{1,2}|\{\{{1,2}[^{}]{0,100}\}{2,3}|\{[A-Za-z_][\w.]{0,40}\}`,
    String.raw`\$\([^()]{0,100}\)`,
    String.raw`\$(?:[A-Za-z_]\w{0,60}|\d)|[?]|@\w{1,30}`,
    String.raw`%[A-Za-z_]\w{0,60}%`,
    String.raw`null|nil|none|undefined|true|false|yes|no|on|off|n/a|nan`,
    String.raw`(?:string|str|text|varchar|char|number|int|integer|bool|boolean|any|object|array|bytes|uuid)(?:\W.{0,40})?`,
    String.raw`(?:not ?)?(?:required|optional|provided|set|available|found|valid)|mandatory|hidden|masked|redacted|filtered`,
    String.raw`(?:un|re)?set|empty|blank|missing|invalid|incorrect|wrong|expired|revoked|enabled|disabled|default|ok|error|failed`,
    String.raw`obligatori[oa]|obligatoire|requ(?:is|erid[oa])|incorrect[oa]|inv[aá]lid[oa]|erforderlich|pflichtfeld|falsch|ungültig|verplicht`,
    String.raw`(?:SecretStr|Secret|Optional|Option|Final|Union|Maybe)\b.{0,40}`,
    String.raw`(?:your|insert|enter|replace)[-_ ].{0,60}`,
  ].join('|')})[.,;:!)\]}]{0,3}$`,
  'i',
);

/** The name of a variable, or `TOKEN` itself. */
const VARIABLE = /^[`'"]?(?:[A-Z]+(?:_[A-Z]+)+|TOKEN|PASSWORD|PASS|SECRET|KEY|APIKEY|VALUE)[`'"]?$/;

/** A file. */
const PATH =
  /^(?:\.{1,2}|~|\/(?:run|etc|var|home|usr|tmp|opt|mnt|root|app|data|secrets?))?\/[\w.@/-]+$|^[\w./-]*\w\.(?:json|pem|key|crt|p12|jks|ya?ml|toml|txt|env|ini|cfg|conf)$/;

/** Code that reads the secret from elsewhere. */
const REFERENCE = new RegExp(
  `^(?:${[
    String.raw`(?:process\.env|import\.meta|os\.(?:environ|getenv)|env[.[(]|ENV[.[(]|System\.|Deno\.|Bun\.)`,
    String.raw`(?:self|this|req|request|ctx|context|config|cfg|conf|settings|secrets?|vars?|local|data|params?|props|state)[.[(]`,
    String.raw`(?:args?|argv|options|opts|user|form|body|input|event|module|each|credentials?|creds)[.[(]`,
    String.raw`(?:await|new|function|async|return|typeof|lambda|yield)\b`,
    String.raw`!(?:Ref|Sub|GetAtt|env|vault|secret|reference)\b`,
    String.raw`[A-Za-z_$][\w$.]{0,60}\(`,
    String.raw`\(?\w{0,30}\)?\s{0,3}=>`,
    String.raw`\[\.\.\.|\((?:\w|\))`,
    String.raw`["'\x60]?(?:(?:Bearer|Basic|Token) )?\$\{`,
    String.raw`[A-Za-z_$][A-Za-z_$]{0,24}(?:\??\.[A-Za-z_$]{1,24})+(?=[\s,;)}\]?<]|$)`,
    // A variable, a property, a mark of a prepared statement.
    String.raw`(?:pass(?:word|phrase)?|pwd|secret|token|key|value|hash|api_?key)\b[^\w!@#$%^&*-]{0,2}$`,
    String.raw`[?:]\w{0,30}$`,
  ].join('|')})`,
);

/** Words of a sentence about a secret, which no secret has. */
const SENTENCE =
  /(?:^|[^\p{L}])(?:must|should|shall|cannot|can't|could|would|will|has|have|is|are|was|were|be|been|does|did|do|not|no|please|enter|forgot|forgotten|required|invalid|incorrect|missing|expired|least|characters|your|the|this|that|for|from|with|when|which|used|uses|if)(?:$|[^\p{L}])/iu;

/** Whether `value` stands for a secret without being one. */
export function isPlaceholder(value: string): boolean {
  return value.length <= 128 && (PLACEHOLDER.test(value) || VARIABLE.test(value) || PATH.test(value));
}

/** Whether unquoted `value` is code, or the beginning of some. */
export function isReference(value: string): boolean {
  return REFERENCE.test(value.slice(0, 80));
}

/** Whether `value` has several words, and says something. */
export function isSentence(value: string): boolean {
  return /\S\s+\S/.test(value) && (SENTENCE.test(value.slice(0, 256)) || /[.!?]\s*$/.test(value));
}

/** Whether `value` looks drawn rather than written: one word of letters and digits. */
export function looksRandom(value: string): boolean {
  if (value.length < 8 || !/\d/.test(value) || !/[A-Za-z]/.test(value) || /\s/.test(value.slice(0, 256)))
    return false;
  return !/^(?:v?\d+(?:\.\d+)+|\d{4}-\d\d-\d\d.*|[a-z]+[-_/.:]?\d{1,4}|(?:[a-z]+:)?\/.*|.*\.(?:pem|crt|key|json|txt))$/i.test(
    value,
  );
}

/** Whether `value` is a password as they are made: letters with digits, or with signs. */
export function looksLikePassword(value: string): boolean {
  if (value.length < 6 || value.length > 128 || !/[A-Za-z]/.test(value)) return false;
  if (/^(?:https?:|\/|\.|[a-z]+\()/i.test(value) || /[()[\]{}<>\\|]|\.\w{1,4}$/.test(value)) return false;
  if (isPlaceholder(value) || isReference(value)) return false;
  return /\d/.test(value)
    ? !/^[a-z]*[-_.:/]|^\d+(?:st|nd|rd|th|ms|px|kb|mb|gb)$|^v?\d+\./i.test(value)
    : /[!@#$%^&*~]/.test(value);
}
