//! Paths that once failed, as they were printed, with what was wrong.

use csp_reference::ground::replay;

#[test]
fn a06_values_come_back_in_the_order_in_which_they_were_handed_over() {
    // With `put_backs_forget_their_order`.
    replay("chan meet", "take0 put0 take0", "poll2 poll0 try_put0 renew1 drop2 drop0 try_take0");
}
