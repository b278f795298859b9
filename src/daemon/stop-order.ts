/** What has been started, to be stopped in the reverse order. */
export interface StopOrder {
  push(stop: () => Promise<void> | void): void;
  /** One that fails is told and keeps the others from nothing. */
  stopAll(): Promise<void>;
}

export function createStopOrder(onFailure: (error: unknown) => void): StopOrder {
  const stops: (() => Promise<void> | void)[] = [];
  return {
    push: (stop) => void stops.push(stop),
    stopAll: async () => {
      for (const stop of stops.splice(0).reverse()) {
        try {
          await stop();
        } catch (error) {
          onFailure(error);
        }
      }
    },
  };
}
