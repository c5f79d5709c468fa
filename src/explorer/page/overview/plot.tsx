import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import { useMedia } from '../data/hooks.ts';
import { formatFull } from '../format.ts';
import { type PlotLook, type Plotted, plotOptions } from './plot-options.ts';

export interface PlotProps extends Plotted {
  readonly title: string;
  /** What is plotted, and of how much time each value is. */
  readonly about: string;
  readonly times: readonly number[];
}

/** Series over time, with the same numbers as a table for those who do not see them. */
export function Plot(props: PlotProps) {
  const { title, about, times, series, format } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const canvas = usePlot(props, setCursor);
  return (
    <figure class="plot card">
      <figcaption>
        <span class="plot-title">
          <h2>{title}</h2> <span class="faint">{about}</span>
        </span>
        <span class="legend">
          {series.map(({ label, color, values }) => {
            const value = cursor === null ? undefined : values[cursor];
            return (
              <span key={label}>
                <span class={`swatch swatch-${color}`} />
                {label}
                {cursor !== null && <b>{value === null || value === undefined ? '–' : format(value)}</b>}
              </span>
            );
          })}
          {cursor !== null && times[cursor] !== undefined && <time>{formatFull(times[cursor])}</time>}
        </span>
      </figcaption>
      <div
        class="canvas"
        ref={canvas}
        role="img"
        aria-label={`${title}, ${about}, over time; the table below has the numbers`}
      />
      <Numbers {...props} />
    </figure>
  );
}

/** Draws into the element, anew where theme, width or data change. */
function usePlot(props: PlotProps, onCursor: (index: number | null) => void) {
  const element = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useMedia('(prefers-color-scheme: dark)');
  const shape = props.series.map(({ label }) => label).join();
  const latest = useRef(props);
  latest.current = props;
  // Made anew for another theme and other series only.
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    const made = new uPlot(plotOptions(latest, lookOf(target), onCursor), dataOf(latest.current), target);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: target.clientWidth, height: made.height }),
    );
    observer.observe(target);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [isDark, shape]);
  const data = JSON.stringify([props.times, props.series.map(({ values }) => values)]);
  // `data` is what the plot is made of.
  useEffect(() => plot.current?.setData(dataOf(latest.current)), [data]);
  return element;
}

function Numbers({ times, series, format }: PlotProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Numbers</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section class="scrolling cue" tabIndex={0} aria-label="Numbers">
          <table>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ label }) => (
                  <th key={label} scope="col" class="number">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times.map((time, i) => (
                <tr key={time}>
                  <th scope="row">{formatFull(time)}</th>
                  {series.map(({ label, values }) => (
                    <td key={label} class="number">
                      {textOf(values[i], format)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}

function textOf(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}

function dataOf({ times, series }: PlotProps): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function lookOf(element: HTMLElement): PlotLook {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { width: element.clientWidth, font: `11px ${style.fontFamily}`, color };
}
