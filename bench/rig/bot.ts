/** The bot as `backstop start` runs it, and the kind of component that the bench drives. `bot.js CONFIG JOURNAL`. */

import { start } from '../../src/cli/start.ts';
import { componentKinds } from '../../src/integrations/index.ts';
import { slowKind } from './slow-component.ts';

const [config = '', db = ''] = process.argv.slice(2);
// The registry has the kinds that people may configure; this one is for measuring.
Object.assign(componentKinds, { slow: slowKind });
process.exitCode = await start({ config, db, logLevel: 'info' });
