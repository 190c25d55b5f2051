/** The image sets that can be opened by name anywhere; alone in a file, which help reads without loading the readers. */
export const IMAGE_SET_NAMES = ['mnist', 'fashion-mnist', 'emoji'] as const;
