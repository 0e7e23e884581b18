/** `/incident handover`: the state of things for those who take over. */

import { handOver } from '../flows/hand-over.ts';
import { decide, here, type Subcommands } from './here.ts';
import { requireMayCommand } from './roles.ts';
import { personNamed } from './typed-words.ts';

export const HANDOVER: Subcommands = {
  handover: async (desk, request, typed, words) => {
    const incident = here(desk, typed);
    const to = personNamed(words);
    if (to !== undefined) await requireMayCommand(desk, to);
    return decide(desk, request, incident, handOver(to));
  },
};
