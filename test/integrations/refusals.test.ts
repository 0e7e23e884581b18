/** What is said when a system refuses to put back what it holds. The other operations: `refusals-of-operations.test.ts`. */
import { SYSTEMS } from './refusals.ts';
import { tellRefusals } from './refusing.ts';

tellRefusals(SYSTEMS);
