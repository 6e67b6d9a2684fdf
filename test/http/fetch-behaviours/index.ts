import { bodyBehaviours } from './bodies';
import { headerBehaviours } from './headers';
import { inputs } from './inputs';
import type { Behaviour } from './server';
import { methodBehaviours } from './methods';
import { optionBehaviours } from './options';
import { redirectBehaviours } from './redirects';
import { requestBehaviours } from './requests';
import { responseBehaviours } from './responses';
import { signalBehaviours } from './signals';
import { streamBehaviours } from './streams';

export const behaviours: readonly Behaviour[] = [
  ...inputs,
  ...methodBehaviours,
  ...headerBehaviours,
  ...bodyBehaviours,
  ...requestBehaviours,
  ...optionBehaviours,
  ...signalBehaviours,
  ...redirectBehaviours,
  ...responseBehaviours,
  ...streamBehaviours,
];
