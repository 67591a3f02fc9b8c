import { SwapmeetError } from '../../domain/errors.ts';
import { checkUsername } from '../../domain/username.ts';

/** Of what there is to share a friend gets so many times what another peer gets: more, and nobody gets nothing. */
const FRIEND_WEIGHT = 4;
const FRIENDS_MAX = 1_000;

/**
 * Whom this peer serves before others: by username, which the server gives to one person at a time, and which a ticket names.
 */
export type Friends = {
  readonly list: () => readonly string[];
  readonly isFriend: (username: string) => boolean;
  /** What a peer's share is worth. */
  readonly weightOf: (username: string) => number;
  /** All of them, or none. @throws SwapmeetError `bad-name`, `bad-argument` where there are too many; `disk-full`, `disk-error`: then nothing changes */
  readonly set: (usernames: readonly string[], isFriend: boolean) => Promise<readonly string[]>;
};

export type FriendsOptions = {
  readonly names: () => readonly string[];
  /** Resolves when they are on disk, and `names` gives them. */
  readonly keep: (names: string[]) => Promise<void>;
};

export function createFriends({ names, keep }: FriendsOptions): Friends {
  const isFriend = (username: string): boolean => names().includes(username);
  return {
    list: names,
    isFriend,
    weightOf: (username) => (isFriend(username) ? FRIEND_WEIGHT : 1),
    async set(usernames, isWanted) {
      const changed = new Set(isWanted ? usernames.map(checkUsername) : usernames);
      const others = names().filter((name) => !changed.has(name));
      const wanted = isWanted ? [...others, ...changed].sort() : others;
      if (isWanted && wanted.length > FRIENDS_MAX) {
        throw new SwapmeetError('bad-argument', `there may be ${FRIENDS_MAX} friends: remove some first`);
      }
      await keep(wanted);
      return names();
    },
  };
}
