/** What the API server shows of a Deployment and its ReplicaSets. */

export interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: { containers: { name: string; image: string; env?: unknown[] }[] };
}

export interface DeploymentRecord {
  apiVersion: 'apps/v1';
  kind: 'Deployment';
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    generation: number;
    creationTimestamp: string;
    annotations: Record<string, string>;
    labels: Record<string, string>;
  };
  spec: {
    replicas: number;
    paused?: boolean;
    revisionHistoryLimit: number;
    progressDeadlineSeconds: number;
    selector: { matchLabels: Record<string, string> };
    template: Template;
  };
  status: {
    observedGeneration: number;
    replicas: number;
    updatedReplicas: number;
    availableReplicas: number;
    conditions: { type: string; status: string; reason: string; message: string }[];
  };
}

export interface ReplicaSetRecord {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    creationTimestamp: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    ownerReferences: {
      apiVersion: string;
      kind: string;
      name: string;
      uid: string;
      controller: boolean;
    }[];
  };
  spec: { replicas: number; selector: { matchLabels: Record<string, string> }; template: Template };
}

/** The API's answer to what went wrong. */
export function failure(code: number, reason: string, message: string) {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code },
  };
}
