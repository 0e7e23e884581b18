/** Each schema is used a few times at the most; a parser generated for it would never pay. */

import { config } from 'zod';

config({ jitless: true });
