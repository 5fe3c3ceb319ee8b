/** A course that is plotted: a value for each moment. */
export interface Course {
  readonly label: string;
  /** How it is drawn (`plot-<name>` in the stylesheet). */
  readonly name: string;
  readonly values: readonly number[];
}

/** Courses over the same time, as lines on a plane of 100 by 100, whose lower left corner is (0, 100). */
export interface TimePlot {
  /** The value that the upper edge stands for. */
  readonly top: number;
  readonly lines: readonly {
    readonly label: string;
    readonly name: string;
    readonly path: string;
    readonly last: number;
  }[];
  /** Heights of the lines that are drawn across, with their values; the lowest is 0. */
  readonly grid: readonly { readonly y: number; readonly value: number }[];
}

/**
 * Plots courses of the same moments against each other. `times` are their milliseconds, in order. `least` is a value that the upper
 * edge stands for at least: of what shall come, so that one sees how much is missing.
 */
export function timePlot(times: readonly number[], courses: readonly Course[], least: number): TimePlot {
  const greatest = Math.max(1, least, ...courses.flatMap(({ values }) => values));
  const step = niceStep(greatest / 3);
  const top = Math.ceil(greatest / step) * step;
  const [begin = 0, end = begin] = [times[0], times.at(-1)];
  const x = (index: number) =>
    rounded(end === begin ? (index === 0 ? 0 : 100) : (((times[index] ?? begin) - begin) / (end - begin)) * 100);
  const y = (value: number) => rounded(100 - (value / top) * 100);
  return {
    top,
    lines: courses.map(({ label, name, values }) => ({
      label,
      name,
      path: values.map((value, index) => `${index === 0 ? 'M' : 'L'}${x(index)} ${y(value)}`).join(' '),
      last: values.at(-1) ?? 0,
    })),
    grid: Array.from({ length: Math.round(top / step) + 1 }, (_, index) => ({
      y: y(index * step),
      value: index * step,
    })),
  };
}

/** The shortest of 1, 2 and 5, times a power of ten, that is no shorter: what people count in. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return ([1, 2, 5, 10].find((each) => each * power >= least) ?? 10) * power;
}

const rounded = (value: number) => Math.round(value * 100) / 100;
