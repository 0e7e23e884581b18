/** The switches of `Workspace.faults`, over the parts they act on. */
import type { AppLink } from './app-link.ts';
import type { Faults, MethodFaults } from './faults.ts';
import type { SocketMode } from './socket-mode.ts';

/** Every fault of a workspace in one place; all are off. */
export function faultsOf(parts: {
  readonly app: AppLink;
  readonly methodFaults: MethodFaults;
  readonly socketMode: SocketMode;
  readonly setUnreachable: (down: boolean) => void;
}): Faults {
  const { app, methodFaults, socketMode, setUnreachable } = parts;
  return {
    onMethod: methodFaults.onMethod,
    socket: {
      drop: () => socketMode.drop(),
      disconnect: (reason = 'refresh_requested') => socketMode.disconnect(reason),
      refreshOldest: () => socketMode.refreshOldest(),
      get open() {
        return socketMode.open;
      },
    },
    unreachable: setUnreachable,
    duplicateNextDelivery: (extra = 1) => app.faults.duplicateNext(extra),
    replay: (delivery) => app.replay(delivery),
    loseNextAck: (count = 1) => app.faults.loseAcks(count),
    delayNextDelivery: (ms) => app.faults.delayNext(ms),
    holdDeliveries: () => app.faults.hold(),
    struck: app.faults.struck,
    clear: () => {
      methodFaults.clear();
      app.faults.clear();
      setUnreachable(false);
    },
  };
}
