/** Between two neighbours in the queue, so that one can be moved there without touching others. */
export const POSITION_STEP = 1_048_576;

/** Behind all others: an expression of SQL. */
export const LAST_POSITION = `(SELECT ifnull(max(position), 0) + ${POSITION_STEP} FROM download)`;
