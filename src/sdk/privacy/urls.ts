import { type Found, findMatches, inOrder, REDACTED, type Rule } from './found.ts';
import { isPlaceholder, looksRandom } from './values.ts';

/** Secrets in URLs, other than those that a parameter names. */

const CREDENTIALS = '[REDACTED:credentials]';

/** Up to the first slash; one that runs into the cut counts if it has a colon. No part is tried by two matches. */
const USER_INFO = /:\/\/(?:([^\s/?#"'<>`\\]+)@|([^\s/?#"'<>`\\]+)$)/g;

/** A password may hold what ends an authority; the last `@` before a host ends it then. A port is no password. */
const LOOSE_USER_INFO =
  /:\/\/([^\s/?#"'<>`\\:@]{0,128}:(?!\d{1,5}(?:[/?#]|$))[^\s"'<>`\\]{1,256}@)(?=(?:[\w-]{1,63}\.){0,8}[\w-]{1,63}(?::\d{1,5})?(?:[/?#,;\s"'<>`\\)]|$))/g;

/** Without a scheme: a host with a dot or a port has to follow. */
const BARE_USER_INFO =
  /(?<![\w/.@:%+-])([\w.+-]{1,64}:(?!\/)[^\s"'<>`\\@:/]{1,128}@)(?=(?:[\w-]{1,63}\.){1,8}[A-Za-z][\w-]{0,62}(?![\w@])|[\w-]{1,63}:\d{2,5}\b|localhost\b|\[)/g;

/** `user:password@tcp(host:3306)` of Go, `user/password@//host` of Oracle, and one slash too few. */
const GO_DSN =
  /(?<![\w/.-])([\w.+-]{1,64}:[^\s"'<>`]{1,128}@)(?=(?:tcp|tcp6|udp|unix|cloudsql|\w{1,20})\([^()\s]{1,200}\))/g;
const ORACLE = /(?<=[:\s"'])([\w.+-]{1,64}\/[^\s"'<>`@/]{1,128}@)(?=\/\/|\((?:DESCRIPTION|ADDRESS))/gi;
const ONE_SLASH = /(?<=[a-z]:\/)([^\s/?#"'<>`\\:@]{1,128}:[^\s/?#"'<>`\\]{1,128}@)(?=[\w.-])/g;

const WITH_AT: readonly RegExp[] = [LOOSE_USER_INFO, BARE_USER_INFO, GO_DSN, ORACLE, ONE_SLASH];

/** `user:password` of a URL; its host stays. */
export const urlCredentials: Rule = (text, whole) => {
  const found = text.includes('://')
    ? findMatches(text, USER_INFO, (match) => {
        const userInfo = match[1] ?? match[2]!;
        const isWhole = match[1] !== undefined;
        if (!isWhole && (whole.length === text.length || !userInfo.includes(':'))) return undefined;
        return credentials(match.index + '://'.length, userInfo);
      })
    : [];
  return found;
};

/** The same where the URL is not as it should be. */
export const looseUrlCredentials: Rule = (text) => {
  if (!text.includes('@')) return [];
  const found = WITH_AT.flatMap((pattern) =>
    findMatches(text, pattern, (match) => {
      const userInfo = match[1]!.slice(0, -1);
      const start = match.index + match[0].length - match[1]!.length;
      return /^(?:mailto|acct|sip|sips|xmpp|npm|pkg|git|workspace|https?|ssh|urn)[:/]/i.test(userInfo)
        ? undefined
        : credentials(start, userInfo);
    }),
  );
  return inOrder(found);
};

function credentials(start: number, userInfo: string): Found | undefined {
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  if (/^(?:git|hg|svn|ssh|user|username|root|anonymous)$/.test(userInfo)) return undefined;
  const isTemplate = /^(?:<[^<>]*>|\$?\{[^{}]*\}|\$\w+|%\w+%|\*+|x{3,}|\[REDACTED.*)$/i.test(password);
  return isTemplate ? undefined : { start, end: start + userInfo.length, replacement: CREDENTIALS };
}

/** Services whose URL is the secret, and where in it the secret begins. */
const SERVICES = new RegExp(
  `(?:${[
    String.raw`hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/`,
    String.raw`discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{5,25}/`,
    String.raw`\.webhook\.office\.com/webhookb2/`,
    String.raw`outlook\.office(?:365)?\.com/webhook/`,
    String.raw`\.logic\.azure\.com(?::443)?/workflows/`,
    String.raw`hooks\.zapier\.com/hooks/(?:catch|standard)/`,
    String.raw`hook\.(?:[\w-]{1,20}\.)?(?:make|integromat)\.com/`,
    String.raw`maker\.ifttt\.com/trigger/[\w-]{1,60}/(?:json/)?with/key/`,
    String.raw`api\.telegram\.org/(?:file/)?bot`,
    String.raw`(?:open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook|mattermost\.[\w.-]{1,60}/hooks|/_hooks)/`,
    String.raw`\.infura\.io/(?:ws/)?v3/`,
    String.raw`\.(?:alchemy\.com|alchemyapi\.io)/(?:nft/)?v\d/`,
    String.raw`\.quiknode\.pro/`,
    String.raw`rpc\.ankr\.com/[\w-]{1,40}/`,
    String.raw`events\.pagerduty\.com/integration/`,
    String.raw`alert\.victorops\.com/integrations/generic/\d+/alert/`,
    String.raw`(?:hc-ping\.com|nosnch\.in|uptime\.betterstack\.com/api/v1/heartbeat|cronitor\.link/p)/`,
    String.raw`logs-?[\w.-]{0,20}\.loggly\.com/(?:inputs|bulk)/`,
    String.raw`\.sumologic\.(?:com|net)/receiver/v1/http/`,
    String.raw`\.m\.pipedream\.net/`,
    String.raw`chat\.googleapis\.com/v1/spaces/[\w-]{1,40}/messages\?`,
    String.raw`webhook\.site/`,
    String.raw`api\.github\.com/app/hook/deliveries/`,
  ].join('|')})([^\\s"'<>\`\\\\)\\]}]{6,})`,
  'gi',
);

/** A part of a path behind a word that says what it is; only one that looks drawn. */
const PATH_TOKEN =
  /\/(?:api[-_]?keys?|keys?|tokens?|access[-_]?tokens?|secrets?|auth|reset|password[-_]?reset|reset[-_]?password|forgot[-_]?password|verify|verify[-_]?email|verification|confirm|confirmation|activate|activation|invite|invites|invitation|invitations|join|magic[-_]?link|magic|sso|session|sessions|login|unsubscribe|feed|ical|(?:web)?hooks?(?:\/[a-z-]{2,20})?|callback|bot)\/([\w~.+=%-]{16,})/gi;

/** Webhook URLs, and tokens as parts of a path. */
export const urlTokens: Rule = (text) => {
  if (!text.includes('/')) return [];
  const services = findMatches(text, SERVICES, (match) => secretPart(match, match[1]!));
  const parts = findMatches(text, PATH_TOKEN, (match) =>
    looksRandom(match[1]!) && !isName(match[1]!) ? secretPart(match, match[1]!) : undefined,
  );
  return inOrder([...services, ...parts]);
};

function secretPart(match: RegExpExecArray, secret: string): Found | undefined {
  if (isPlaceholder(secret) || secret.startsWith('[REDACTED')) return undefined;
  const end = match.index + match[0].length;
  return { start: end - secret.length, end, replacement: REDACTED };
}

/** Words with a number, joined by dashes or dots: a page, a file. */
function isName(part: string): boolean {
  return /^(?:[a-z]{2,}|[A-Z]?[a-z]+|\d{1,4})(?:[-_.+](?:[A-Z]?[a-z]+|v?\d{1,4}))*$/.test(part);
}
