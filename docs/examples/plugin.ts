import type { registerMethod, registerSourceRule, registerSpace } from 'nastransfer/nas';
import { brightest } from './brightest.js';
import { chain } from './chain/space.js';
import { hillClimbing } from './hillClimbing.js';
import { temperatureDarts } from './temperatureDarts.js';

interface Registries {
  readonly registerMethod: typeof registerMethod;
  readonly registerSpace: typeof registerSpace;
  readonly registerSourceRule: typeof registerSourceRule;
}

/** Registers everything with the program that loads this module by --plugin. */
export default function register(registries: Registries): void {
  registries.registerSpace(chain);
  registries.registerSourceRule(brightest);
  registries.registerMethod(hillClimbing);
  registries.registerMethod(temperatureDarts);
}
