/** In units of the picture, which is as wide as it has points and stretched to its place. */
export const VIEW_HEIGHT = 100;
/** The loudest that a point can be. */
const MAX_LEVEL = 255;
/** Silence is a line. */
const LEAST_HEIGHT = 2;

/** A stroke for each point, from the middle up and down; speech is soft, so what is soft is raised. */
export function channelPath(levels: readonly number[]): string {
  return levels
    .map((level, index) => {
      const height = Math.max(LEAST_HEIGHT, Math.sqrt(level / MAX_LEVEL) * VIEW_HEIGHT);
      const top = ((VIEW_HEIGHT - height) / 2).toFixed(1);
      return `M${index + 0.5} ${top}v${height.toFixed(1)}`;
    })
    .join('');
}
