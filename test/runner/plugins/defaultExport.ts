import { chain } from '../../../docs/examples/chain/space.js';
import type { PluginHost } from '../../../runner/plugins/plugins.js';
import { darts } from '../../../src/nas/methods/relaxed/darts.js';

export default ({ registerSpace, registerMethod }: PluginHost) => {
  registerSpace({ ...chain, name: 'own-chain' });
  registerMethod({ ...darts, name: 'own-darts' });
};
