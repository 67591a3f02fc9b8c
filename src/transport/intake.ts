import { SMALL_BYTES_MAX } from '../protocol/limits.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Channel } from './channel.ts';
import { networkOf } from './network-of.ts';

/** Whether a connection reads on: not while too many requests wait on it, nor while all connections together hold too much. */
export type Intake = {
  /** Says what its requests hold now. Small ones always find room: who fills the budget with large ones must not shut out the rest. */
  account(bytes: number, isStranger: boolean): void;
  /** Whether as many requests wait as may. */
  setFull(isFull: boolean): void;
  /** Whether the budget has no room for what it holds. */
  isHeldBack(): boolean;
  /** Reads on, whatever comes: what arrives from now on is dropped, or somebody else's. */
  leave(): void;
  /** Gives back what was held. */
  release(): void;
};

/** @param onRoom is told when what was held back may go on */
export function createIntake(channel: Channel, budget: ByteBudget, onRoom: () => void): Intake {
  const network = networkOf(channel.remote.address);
  let isFull = false;
  let isHeldBack = false;
  let isPaused = false;
  let hasLeft = false;

  function steer(): void {
    const shallPause = isFull || isHeldBack;
    if (hasLeft || shallPause === isPaused) return;
    isPaused = shallPause;
    if (shallPause) channel.pause();
    else channel.resume();
  }

  function goOn(): void {
    isHeldBack = false;
    steer();
  }

  return {
    account: (bytes, isStranger) => {
      const holding = { bytes: bytes <= SMALL_BYTES_MAX ? 0 : bytes, network, isStranger };
      isHeldBack = !budget.hold(channel, holding, () => {
        goOn();
        onRoom();
      });
      steer();
    },
    setFull: (isFullNow) => {
      isFull = isFullNow;
      steer();
    },
    isHeldBack: () => isHeldBack,
    leave: () => {
      isFull = false;
      goOn();
      hasLeft = true;
    },
    release: () => {
      budget.release(channel);
    },
  };
}
