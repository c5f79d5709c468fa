/** Whether nothing listens where an export went. Trying that again helps while a server lives, and not when it ends. */
export function isRefused(reason: unknown): boolean {
  if (typeof reason !== 'object' || reason === null) return false;
  const { code, errors } = reason as { code?: unknown; errors?: unknown };
  // A name with several addresses gives one error of all of them.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isRefused);
  return code === 'ECONNREFUSED';
}
