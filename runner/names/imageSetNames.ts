/** The image sets that can be opened by name anywhere; in a file of their own, so that help does not load the readers. */
export const IMAGE_SET_NAMES = ['mnist', 'fashion-mnist', 'emoji'] as const;

/** What names an image set, for help. */
export const IMAGE_SETS = `${IMAGE_SET_NAMES.join(', ')}, a packed set of --data-dir, or a path`;
