/** The world beside Slack: the shop, what runs where, what the bot asked for, and how to break things. */

import type { Deed, ExchangeInfo, SystemInfo, World } from '../browser/protocol.ts';
import { Chart, isGood } from './chart.tsx';
import { formatDate, timeOfDay } from './dates.ts';
import { useReader } from './reader.ts';
import { Stories } from './stories.tsx';

/** Everything that is not Slack. */
export function WorldPane({ world }: { readonly world: World }) {
  return (
    <>
      <h1 class="hidden">The world</h1>
      <Shop world={world} />
      <Releases world={world} />
      {world.systems.map((system) => (
        <System key={system.name} system={system} />
      ))}
      <Trouble world={world} />
      <Stories world={world} />
      <Exchanges world={world} />
    </>
  );
}

function Shop({ world }: { readonly world: World }) {
  const { store, me } = useReader();
  const last = world.samples.at(-1);
  const isUp = last !== undefined && isGood(last);
  const words = isUp ? 'Customers can pay' : 'Customers cannot pay';
  return (
    <section aria-labelledby="shop-title">
      <h2 id="shop-title">The shop</h2>
      <p class={isUp ? 'status good' : 'status bad'} role="status">
        <span aria-hidden="true">{isUp ? '✓' : '✗'}</span>{' '}
        <span>{last === undefined ? 'Nobody has looked yet' : words}</span>
      </p>
      {last && <Storefront world={world} />}
      <Chart samples={world.samples} tz={me.tz} />
      <p class="row">
        <button type="button" class="button" onClick={() => void store.deed({ deed: 'buy' })}>
          Buy something
        </button>
        <a class="button" href={`${world.shopUrl}/checkout`} target="_blank" rel="noreferrer">
          Open the checkout ↗
        </a>
      </p>
    </section>
  );
}

/** What a customer sees who pays now: the shop's own words, as it answered a moment ago. */
function Storefront({ world: { shopSays, shopUrl } }: { readonly world: World }) {
  const { words, release } = shopSays;
  return (
    <figure class="storefront">
      <figcaption class="address">{shopUrl.replace('http://', '')}/checkout</figcaption>
      <blockquote>{words}</blockquote>
      {release !== '' && <small>release {release}</small>}
    </figure>
  );
}

function Releases({ world }: { readonly world: World }) {
  const { me } = useReader();
  return (
    <section aria-labelledby="releases-title">
      <h2 id="releases-title">Releases</h2>
      <table class="releases">
        <thead>
          <tr>
            <th scope="col">Slot</th>
            <th scope="col">Version</th>
            <th scope="col">Shipped</th>
          </tr>
        </thead>
        <tbody>
          {world.slots.map(({ slot, version, author, deployedAt }) => (
            <tr key={slot}>
              <td>{slot}</td>
              <td>
                <strong>{version}</strong>
              </td>
              <td>
                {formatDate(Date.parse(deployedAt) / 1000, '{date_short_pretty} {time}', '', me.tz)}
                <small>{author.replace(/@.*/, '')}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is in one of the other systems, as it is now. */
function System({ system: { name, rows } }: { readonly system: SystemInfo }) {
  const { me } = useReader();
  const id = `${name.toLowerCase().replaceAll(' ', '-')}-title`;
  const when = (at: number): string =>
    formatDate(at / 1000, '{date_short_pretty} {time}', '', me.tz);
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{name}</h2>
      <table>
        <tbody>
          {rows.map(({ what, is, at, isLive }) => (
            <tr key={what}>
              <th scope="row">{isLive ? <strong>{what}</strong> : what}</th>
              <td>
                {is}
                {at !== undefined && <small> {when(at)}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Trouble({ world }: { readonly world: World }) {
  const { bot, botIsProcess, slackCutOff, azureSlow, swapWillFail } = world;
  const end = botIsProcess ? 'Kill the bot' : 'Stop the bot';
  return (
    <section aria-labelledby="trouble-title">
      <h2 id="trouble-title">Make trouble</h2>
      <div class="switches">
        <Do deed={{ deed: 'ship-bad-release' }} label="Ship a bad release" />
        {bot === 'running' ? (
          <Do deed={{ deed: 'stop-bot' }} label={end} />
        ) : (
          <Do
            deed={{ deed: 'start-bot' }}
            label={bot === 'starting' ? 'The bot is starting…' : 'Start the bot again'}
            isOn
          />
        )}
        <Do
          deed={{ deed: 'cut-slack', on: !slackCutOff }}
          label={slackCutOff ? 'Reconnect Slack' : 'Cut Slack off'}
          isOn={slackCutOff}
        />
        <Do
          deed={{ deed: 'slow-azure', on: !azureSlow }}
          label={azureSlow ? 'Make Azure fast again' : 'Make Azure slow'}
          isOn={azureSlow}
        />
        <Do
          deed={{ deed: 'fail-next-swap', on: !swapWillFail }}
          label={swapWillFail ? 'Let the next swap succeed' : 'Fail the next swap'}
          isOn={swapWillFail}
        />
        {world.hasJobs && <Do deed={{ deed: 'start-export-job' }} label="Start an export job" />}
      </div>
      <div class="switches wide">
        <Do deed={{ deed: 'start-over', around: 'shop' }} label="Start over: the shop alone" />
        <Do
          deed={{ deed: 'start-over', around: 'everything' }}
          label="Start over: with content, jobs and flags"
        />
      </div>
    </section>
  );
}

function Do(props: { readonly deed: Deed; readonly label: string; readonly isOn?: boolean }) {
  const { store } = useReader();
  const { deed, label, isOn = false } = props;
  return (
    <button
      type="button"
      class={isOn ? 'button on' : 'button'}
      onClick={() => void store.deed(deed)}
    >
      {label}
    </button>
  );
}

function Exchanges({ world }: { readonly world: World }) {
  const { exchanges } = world;
  return (
    <section aria-labelledby="exchanges-title">
      <h2 id="exchanges-title">What the bot asked of the outside</h2>
      {exchanges.length === 0 && <p class="quiet">Nothing yet.</p>}
      <ol class="exchanges" tabIndex={0} aria-labelledby="exchanges-title">
        {exchanges.map((exchange) => (
          <Asked key={exchange.id} exchange={exchange} />
        ))}
      </ol>
    </section>
  );
}

function Asked({ exchange }: { readonly exchange: ExchangeInfo }) {
  const { me } = useReader();
  const { at, service, what, outcome, changes } = exchange;
  return (
    <li class={changes ? 'changes' : ''}>
      <time dateTime={at}>{timeOfDay(Date.parse(at), me.tz)}</time>
      <span>
        {service} <strong>{what}</strong>
        {changes && <em> changes something</em>}
      </span>
      <span>{outcome}</span>
    </li>
  );
}
