import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { z } from 'zod';
import type { Probe } from '../../component.ts';
import { clientConfig, createAws } from '../aws/client.ts';
import { understood } from '../aws/errors.ts';
import { AwsConnection } from '../aws/schema.ts';
import type { Ingredients } from '../index.ts';
import { metricProbe } from './probe.ts';
import { CloudWatchProbeSettings } from './schema.ts';

const Alarm = z.object({ AlarmName: z.string(), StateValue: z.string() });
const Described = z.object({
  MetricAlarms: z.array(Alarm).default([]),
  CompositeAlarms: z.array(Alarm).default([]),
});

/** Alarms of CloudWatch: one in alarm fails; one that is not there, or has too little data, is unknown. */
export function createCloudWatchProbe(from: Ingredients): Probe {
  const { alarms } = CloudWatchProbeSettings.parse(from.settings);
  const connection = AwsConnection.parse(from.connections['aws']);
  const client = new CloudWatchClient(clientConfig(connection, 'cloudwatch'));
  const aws = createAws(connection, 'AWS CloudWatch', `alarm ${alarms.join(', ')}`);
  const attempted = 'read the alarms';
  const command = new DescribeAlarmsCommand({
    AlarmNames: alarms,
    AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    MaxRecords: 100,
  });
  return metricProbe(from.id, 'CloudWatch', async (signal) => {
    const answer = await aws.read(attempted, (o) => client.send(command, o), signal);
    const { MetricAlarms, CompositeAlarms } = understood(Described, answer, { ...aws, attempted });
    const states = new Map(
      [...MetricAlarms, ...CompositeAlarms].map((one) => [one.AlarmName, one.StateValue]),
    );
    const inState = (...wanted: readonly (string | undefined)[]) =>
      alarms.filter((name) => wanted.includes(states.get(name))).join(', ');
    const ringing = inState('ALARM');
    const missing = inState(undefined);
    const unsure = inState('INSUFFICIENT_DATA');
    if (ringing !== '') return { verdict: 'fail', reason: `in alarm: ${ringing}`, values: {} };
    if (missing !== '') {
      const reason = `there is no alarm ${missing} in ${connection.region}`;
      return { verdict: 'unknown', reason, values: {} };
    }
    if (unsure !== '') {
      return { verdict: 'unknown', reason: `too little data for ${unsure}`, values: {} };
    }
    return { verdict: 'pass', reason: `no alarm: ${alarms.join(', ')}`, values: {} };
  });
}
