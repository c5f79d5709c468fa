import { name, version } from '../../package.json';

/** The instrumentation scope. */
export const PACKAGE_NAME: string = name;
export const PACKAGE_VERSION: string = version;
