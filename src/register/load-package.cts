import type { Package } from './connecting.ts';

/** In the built package it lies beside; an application that instruments by itself never needs it. */
export function loadPackage(): Package {
  return require('./index.cjs') as Package;
}
