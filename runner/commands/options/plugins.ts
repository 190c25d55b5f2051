import type { PluginRecord } from '../../../src/nas/records/index.js';
import type { SharedOptions } from './options.js';

/** Loads what `--plugin` names; without it, nothing is imported. @throws {PluginError} as `loadPlugins` */
export async function pluginsOf({ plugin }: Pick<SharedOptions, 'plugin'>): Promise<PluginRecord[]> {
  if (!plugin) return [];
  const { loadPlugins } = await import('../../plugins/plugins.js');
  return loadPlugins(plugin);
}
