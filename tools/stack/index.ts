/** Installs and runs the stack; what other tools use. */
export { type Binaries, ensureInstalled, type InstallOptions } from './install.ts';
export { freePorts, type PortName, type Ports, portsAt } from './ports.ts';
export { BACKENDS, SERVICES, type ServiceName } from './services.ts';
export { type Stack, type StackOptions, startStack, type Urls } from './stack.ts';
