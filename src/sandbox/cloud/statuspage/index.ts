/** Atlassian Statuspage's REST API, version 1, for one page with its components. Resolving puts no component back by itself. */

import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';

export interface PageIncident {
  readonly id: string;
  name: string;
  status: string;
  impact: string;
  metadata: unknown;
  readonly createdAt: string;
  /** Newest first. */
  readonly updates: { readonly id: string; readonly status: string; readonly body: string }[];
}

export interface Statuspage {
  /** With `/v1`. */
  readonly baseUrl: string;
  /** The API key that is accepted. */
  readonly apiKey: string;
  readonly pageId: string;
  readonly componentId: string;
  /** Newest first; may be changed, as somebody would by hand. */
  readonly incidents: PageIncident[];
  /** By the id of the component. */
  readonly components: Map<string, { readonly name: string; status: string }>;
  /** How often Statuspage wrote to those who subscribed there. */
  readonly mailsSent: number;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  readonly close: () => Promise<void>;
}

const STATUSES = new Set(['investigating', 'identified', 'monitoring', 'resolved']);
const COMPONENT_STATUSES = new Set([
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
]);

interface Sent {
  readonly name?: string;
  readonly status?: string;
  readonly body?: string;
  readonly impact_override?: string;
  readonly metadata?: unknown;
  readonly deliver_notifications?: boolean;
  readonly component_ids?: readonly string[];
  readonly components?: Readonly<Record<string, string>>;
}

/** Serves one page with the component Checkout; every request is written to `log`. */
export async function createStatuspage(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Statuspage> {
  const { agenda } = o;
  const apiKey = 'sandbox-statuspage-key';
  const pageId = 'kctbh9vrtdwd';
  const componentId = '8kbf7d35c070';
  const incidents: PageIncident[] = [];
  const components = new Map([[componentId, { name: 'Checkout', status: 'operational' }]]);
  let mailsSent = 0;
  const made = { incidents: 0, updates: 0 };

  function shown(incident: PageIncident): unknown {
    const { id, name, status, impact, metadata, createdAt, updates } = incident;
    return {
      id,
      name,
      status,
      impact,
      metadata,
      created_at: createdAt,
      page_id: pageId,
      shortlink: `https://stspg.io/${id}`,
      incident_updates: updates.map((update) => ({ ...update, incident_id: id })),
    };
  }

  function apply(incident: PageIncident, sent: Sent): void {
    incident.status = sent.status ?? incident.status;
    incident.impact = sent.impact_override ?? incident.impact;
    if (sent.metadata !== undefined) incident.metadata = sent.metadata;
    made.updates += 1;
    const update = { id: `u${made.updates}`, status: incident.status, body: sent.body ?? '' };
    incident.updates.unshift(update);
    for (const [id, status] of Object.entries(sent.components ?? {})) {
      const component = components.get(id);
      if (component) component.status = status;
    }
    if (sent.deliver_notifications ?? true) mailsSent += 1;
  }

  function fault(sent: Sent | undefined): Answer | undefined {
    const refuse = (words: string): Answer => ({ status: 422, body: { error: [words] } });
    if (!sent) return { status: 400, body: { error: 'incident is missing' } };
    if (sent.status !== undefined && !STATUSES.has(sent.status)) return refuse('Status is invalid');
    if (!(sent.component_ids ?? []).every((id) => components.has(id)))
      return refuse('Components are invalid');
    const states = Object.values(sent.components ?? {});
    if (!states.every((one) => COMPONENT_STATUSES.has(one)))
      return refuse('Components are invalid');
    return undefined;
  }

  function post(call: Call): Answer {
    const sent = sentIn(call);
    const refused = fault(sent);
    if (refused || !sent) return refused ?? { status: 400 };
    if (!sent.name) return { status: 422, body: { error: ["Name can't be blank"] } };
    made.incidents += 1;
    const incident: PageIncident = {
      id: `p31zjtct${made.incidents}jer`,
      name: sent.name,
      status: 'investigating',
      impact: 'none',
      metadata: {},
      createdAt: new Date(agenda.now()).toISOString(),
      updates: [],
    };
    incidents.unshift(incident);
    apply(incident, sent);
    return { status: 201, body: shown(incident) };
  }

  function patch(call: Call): Answer {
    const incident = incidents.find(({ id }) => id === call.params['incident']);
    if (!incident) return notFound();
    const sent = sentIn(call);
    const refused = fault(sent);
    if (refused || !sent) return refused ?? { status: 400 };
    apply(incident, sent);
    return { status: 200, body: shown(incident) };
  }

  const page = '/v1/pages/:page';
  const own = (handle: (call: Call) => Answer) => (call: Call) =>
    call.params['page'] === pageId ? handle(call) : notFound();
  const routes: readonly Route[] = [
    {
      call: 'GET page',
      path: page,
      handle: own(() => ({ status: 200, body: { id: pageId, name: 'Acme status' } })),
    },
    {
      call: 'GET components',
      path: `${page}/components`,
      handle: own(() => ({
        status: 200,
        body: [...components].map(([id, { name, status }]) => ({ id, name, status })),
      })),
    },
    {
      call: 'GET incidents',
      path: `${page}/incidents`,
      handle: own(({ query }) => {
        const limit = Number(query.get('limit') ?? 100);
        return { status: 200, body: incidents.slice(0, limit).map(shown) };
      }),
    },
    { call: 'POST incidents', path: `${page}/incidents`, mutates: 'now', handle: own(post) },
    {
      call: 'PATCH incident',
      path: `${page}/incidents/:incident`,
      mutates: 'now',
      handle: own(patch),
    },
  ];
  const faults = createFaults(routes.map((route) => route.call));
  const service = await serve({
    name: 'statuspage',
    routes,
    faults,
    agenda,
    log: o.log,
    port: o.port,
    guard: (call) =>
      call.headers.authorization === `OAuth ${apiKey}`
        ? undefined
        : { status: 401, body: { error: 'Could not authenticate' } },
    notFound,
  });
  return {
    baseUrl: `${service.url}/v1`,
    apiKey,
    pageId,
    componentId,
    incidents,
    components,
    get mailsSent() {
      return mailsSent;
    },
    faults,
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'statuspage');
    },
    close: service.close,
  };
}

function sentIn({ body }: Call): Sent | undefined {
  return (body as { readonly incident?: Sent } | undefined)?.incident;
}

function notFound(): Answer {
  return { status: 404, body: { error: 'Not found' } };
}
