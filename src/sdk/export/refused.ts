/** Whether nothing listens where an export went. Trying that again helps while a server lives, and not when it ends. */
export function isRefused(reason: unknown): boolean {
  return hasCode(reason, (code) => code === 'ECONNREFUSED');
}

/** Of errors that come before anything is sent, of an answer that says no, and of files. */
const UNDELIVERED =
  /^(NOT_TAKEN|UNABLE_TO_.*|ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL.*|ERR_TLS.*|.*CERT.*|EACCES|EDQUOT|EEXIST|EISDIR|EMFILE|ENFILE|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS)$/;

/** Whether it is certain that nothing of an export was kept: it was not sent, or the receiver said no. */
export function isUndelivered(reason: unknown): boolean {
  if (unsure.has(reason as object)) return false;
  return hasCode(reason, (code) => typeof code === 'number' || UNDELIVERED.test(String(code)));
}

/** Errors of exports of which an earlier try may have arrived. */
const unsure = new WeakSet<object>();

/** Notes that an export may have arrived, although this is the error that its last try ended with. */
export function markUnsure(error: unknown): void {
  if (typeof error === 'object' && error !== null) unsure.add(error);
}

function hasCode(reason: unknown, matches: (code: unknown) => boolean): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  const { code, errors } = reason as { code?: unknown; errors?: unknown };
  // A name with several addresses gives one error of all of them.
  if (Array.isArray(errors) && errors.length > 0) return errors.every((each) => hasCode(each, matches));
  return code !== undefined && matches(code);
}
