type Rgb = readonly [number, number, number];

/** A background, and the text colour of the higher contrast, black or white. */
export interface Swatch {
  readonly background: string;
  readonly text: string;
}

/*
 * One hue; only the lightness shows the value: readable with every kind of colour vision and in grey print. Higher values
 * contrast more with the page: darker on white, lighter on black.
 */
const SCALES: Record<'light' | 'dark', readonly Rgb[]> = {
  light: [
    [236, 243, 251],
    [158, 197, 229],
    [62, 132, 196],
    [8, 62, 126],
  ],
  dark: [
    [24, 38, 58],
    [28, 78, 134],
    [66, 140, 205],
    [176, 218, 250],
  ],
};

/** The colour of a value between 0 and 1 (clamped) on a page of the theme. */
export function heatSwatch(value: number, theme: 'light' | 'dark'): Swatch {
  const stops = SCALES[theme];
  const position = Math.min(1, Math.max(0, value)) * (stops.length - 1);
  const below = Math.min(Math.floor(position), stops.length - 2);
  const colour = stops[below].map((channel, i) =>
    Math.round(channel + (position - below) * (stops[below + 1][i] - channel)),
  ) as unknown as Rgb;
  const white = contrast(colour, [255, 255, 255]);
  const black = contrast(colour, [0, 0, 0]);
  return { background: hex(colour), text: white > black ? '#ffffff' : '#000000' };
}

/** Contrast ratio from 1 to 21 (WCAG 2.2, "contrast ratio"). Black or white always gives 4.58 or more. */
export function contrast(first: Rgb, second: Rgb): number {
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Relative luminance of an sRGB colour (WCAG 2.2). */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function hex(colour: Rgb): string {
  return `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
