import type { Attributes, Meter } from '@opentelemetry/api';
import { guard, reportFailure } from '../diagnostics/guard.ts';
import { expressibleAttributes } from './expressible.ts';

/**
 * A meter whose counters, gauges and histograms leave out what is no finite number: added to a sum, it would stay in it
 * for ever, and OTLP as JSON cannot express it. That is said once per instrument.
 */
export function finiteMeter(meter: Meter): Meter {
  return {
    createGauge: (name, options) => {
      const gauge = meter.createGauge(name, options);
      return { record: finiteOnly(name, (...given) => gauge.record(...given)) };
    },
    createHistogram: (name, options) => {
      const histogram = meter.createHistogram(name, options);
      return { record: finiteOnly(name, (...given) => histogram.record(...given)) };
    },
    createCounter: (name, options) => {
      const counter = meter.createCounter(name, options);
      return { add: finiteOnly(name, (...given) => counter.add(...given)) };
    },
    createUpDownCounter: (name, options) => {
      const counter = meter.createUpDownCounter(name, options);
      return { add: finiteOnly(name, (...given) => counter.add(...given)) };
    },
    // Their values are not added up: what cannot be exported is left out then, and the next one can.
    createObservableGauge: (name, options) => meter.createObservableGauge(name, options),
    createObservableCounter: (name, options) => meter.createObservableCounter(name, options),
    createObservableUpDownCounter: (name, options) => meter.createObservableUpDownCounter(name, options),
    addBatchObservableCallback: (callback, observables) =>
      meter.addBatchObservableCallback(callback, observables),
    removeBatchObservableCallback: (callback, observables) =>
      meter.removeBatchObservableCallback(callback, observables),
  };
}

type Taking<Rest extends unknown[]> = (value: number, attributes?: Attributes, ...rest: Rest) => void;

function finiteOnly<Rest extends unknown[]>(name: string, take: Taking<Rest>): Taking<Rest> {
  return (value, attributes, ...rest) => {
    if (!Number.isFinite(value)) {
      reportFailure(`a value of ${name} is left out`, `${String(value)} is not a finite number`);
      return;
    }
    guard(`recording a value of ${name}`, () =>
      take(value, attributes === undefined ? undefined : expressibleAttributes(attributes), ...rest),
    );
  };
}
