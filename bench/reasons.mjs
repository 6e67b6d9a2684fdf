// Why a target is not reached, by the name of the part's file and the target's text, as in
// `{ inject: { 'at most 3 µs beyond the scheme': 'Because …' } }`. Shown under the table.
export const reasons = {};
