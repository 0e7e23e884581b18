import { describe, expect, it } from 'vitest';
import {
  type Alert,
  type AlertGroup,
  applyToAlerts,
  isFiring,
  receiveAlert,
} from '../src/alerts.ts';
import { ANA, BACKSTOP, MINUTE, START } from './support/an-incident.ts';

const anAlert = (patch: Partial<Alert> = {}): Alert => ({
  key: 'k1',
  state: 'firing',
  title: 'Errors are high',
  service: 'checkout',
  environment: 'production',
  ...patch,
});

/** The groups after these came in, a minute apart. */
function after(...alerts: readonly Alert[]): readonly AlertGroup[] {
  return alerts.reduce<readonly AlertGroup[]>(
    (groups, alert, index) => take(groups, alert, START + index * MINUTE),
    [],
  );
}

function take(groups: readonly AlertGroup[], alert: Alert, at: number): readonly AlertGroup[] {
  return receiveAlert(groups, 'prometheus', alert, at).reduce(
    (state, event) => applyToAlerts(state, { ...event, at, actor: BACKSTOP }),
    groups,
  );
}

describe('alerts', () => {
  it('about the same service are one group, a repetition is nothing', () => {
    const groups = after(anAlert(), anAlert(), anAlert({ key: 'k2', title: 'Slow' }));

    expect(groups).toHaveLength(1);
    expect(groups[0]?.alerts.map(({ key }) => key)).toEqual(['k1', 'k2']);
    expect(groups[0]).toMatchObject({ id: 'A1', since: START, lastAt: START + 2 * MINUTE });
  });

  it('about another service, or of none and another title, are another group', () => {
    const { service: _, environment: __, ...homeless } = anAlert({ key: 'k4', title: 'Disk' });

    expect(after(anAlert(), anAlert({ key: 'k2', service: 'search' }), homeless)).toHaveLength(3);
    expect(after(homeless, { ...homeless, key: 'k5' })).toHaveLength(1);
  });

  it('are resolved one by one, whatever the order they arrive in', () => {
    const groups = after(
      anAlert({ state: 'resolved' }),
      anAlert(),
      anAlert({ key: 'k2' }),
      anAlert({ state: 'resolved' }),
    );
    expect(groups).toHaveLength(1);
    expect(groups[0] && isFiring(groups[0])).toBe(true);

    const [over] = take(groups, anAlert({ key: 'k2', state: 'resolved' }), START + 9 * MINUTE);
    expect(over && isFiring(over)).toBe(false);
  });

  it('begin anew after an hour, once resolved, and once somebody said that it is nothing', () => {
    const groups = after(anAlert());
    expect(take(groups, anAlert({ key: 'k2' }), START + 61 * MINUTE)).toHaveLength(2);
    const resolved = after(anAlert(), anAlert({ state: 'resolved' }));
    expect(take(resolved, anAlert(), START + 5 * MINUTE)).toHaveLength(2);

    const dismissed = applyToAlerts(groups, {
      type: 'alert.dismissed',
      data: { group: 'A1' },
      at: START,
      actor: ANA,
    });
    expect(take(dismissed, anAlert({ key: 'k2' }), START + MINUTE)).toHaveLength(2);
    expect(take(dismissed, anAlert(), START + MINUTE)).toHaveLength(1);
  });
});
